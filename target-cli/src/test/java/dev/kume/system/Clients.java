package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * What a system test needs from this machine. With {@code -Dkume.clients=required} (the default) a missing program is a
 * failure; with {@code absent}, said by somebody on purpose, the tests that need one are left out and say so.
 */
final class Clients {
    private Clients() {}

    static void need(String... programs) {
        if (System.getProperty("kume.clients", "required").equals("absent")) {
            Assumptions.abort("needs " + String.join(", ", programs) + ", and -Dkume.clients=absent says not to ask");
        }
        List<String> missing =
                Stream.of(programs).filter(name -> Program.find(name).isEmpty()).toList();
        assertTrue(missing.isEmpty(), () -> "not on PATH: " + missing + "; scripts/test names the packages");
    }

    /** The distribution under test. */
    static Path home() {
        String home = System.getProperty("kume.home", "target/kume");
        Path path = Path.of(home).toAbsolutePath();
        if (!Files.isExecutable(path.resolve("bin").resolve("kume"))) {
            fail(path + " holds no distribution; build it with mvn package, or set -Dkume.home");
        }
        return path;
    }

    /** The checkout that the distribution was built from. */
    static Path checkout() {
        Path folder = home();
        while (folder != null && !Files.exists(folder.resolve("scripts").resolve("test"))) {
            folder = folder.getParent();
        }
        return folder != null ? folder : fail("the distribution lies in no checkout");
    }
}
