package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The images of the container tests, made by {@code scripts/images} once in a run. */
final class Images {
    static final String KUME = "kume-test/kume";
    /** Debian 12: libiscsi 1.19, qemu 7, open-isns. */
    static final String BOOKWORM = "kume-test/bookworm";
    /** Debian 13: libiscsi 1.20, qemu 10. */
    static final String TRIXIE = "kume-test/trixie";

    private static final long LIMIT_SECONDS = 300;
    private static boolean made;

    private Images() {}

    static synchronized void make(Engine.Works engine) throws IOException, InterruptedException {
        if (made) {
            return;
        }
        Path checkout = Path.of("..").toAbsolutePath().normalize();
        Path log = checkout.resolve(Path.of("target", "images.log"));
        Files.createDirectories(log.getParent());
        ProcessBuilder builder = new ProcessBuilder(
                        checkout.resolve(Path.of("scripts", "images")).toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("DOCKER_HOST", engine.host());
        // The build is going on around us: its distribution is what is to be tested.
        builder.environment().put("KUME_UNDER_TEST", "yes");
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        assertTrue(ended, () -> "scripts/images takes more than " + LIMIT_SECONDS + " s:\n" + said);
        assertEquals(0, process.exitValue(), () -> "scripts/images failed:\n" + said);
        made = true;
    }
}
