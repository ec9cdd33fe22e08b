package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The images of the container tests, made by {@code scripts/images} once in a run. */
final class Images {
    static final String KUME = "kume-test/kume";
    /** Debian 12: libiscsi 1.19, qemu 7, open-isns. */
    static final String BOOKWORM = "kume-test/bookworm";
    /** Debian 13: libiscsi 1.20, qemu 10. */
    static final String TRIXIE = "kume-test/trixie";

    /** Debian 12 without Java, and with what the package depends on. */
    static final String BARE = "kume-test/bare";

    private static final long LIMIT_SECONDS = 600;
    private static final long STOP_SECONDS = 10;
    private static @Nullable String trouble;

    private Images() {}

    /** Makes them, or says again what was wrong with them: what fails or hangs once does so for all classes. */
    static synchronized void make(Engine.Works engine) throws IOException, InterruptedException {
        String known = trouble;
        if (known == null) {
            known = made(engine);
            trouble = known;
        }
        if (!known.isEmpty()) {
            fail(known);
        }
    }

    /** What went wrong, or an empty string. */
    private static String made(Engine.Works engine) throws IOException, InterruptedException {
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
            end(process);
        }
        String said = Files.readString(log);
        if (!ended) {
            return "scripts/images takes more than " + LIMIT_SECONDS + " s:\n" + said;
        }
        return process.exitValue() == 0 ? "" : "scripts/images failed:\n" + said;
    }

    /** It takes its files away when it is asked to end. */
    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
