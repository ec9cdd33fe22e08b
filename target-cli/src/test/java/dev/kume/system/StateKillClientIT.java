package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that is killed as it makes something durable: no daemon takes half a state, and the repeat is whole. */
final class StateKillClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLED = 137;

    @TempDir
    Path directory;

    @Test
    void aRestoreThatIsKilledIsRepeated() throws Exception {
        Clients.need("strace");
        Path state = directory.resolve("state");
        Path backup = directory.resolve("kume.tar.gz");
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            daemon.provide("one", "8MB", "raw");
            daemon.provide("two", "8MB", "raw");
            daemon.admin("state", "backup", backup.toString(), "--with-secrets");
            daemon.provide("three", "8MB", "raw");
            daemon.stop();
            int halves = 0;
            for (int step : new int[] {1, 4, 9}) {
                kill(step, backup, state);
                String version = Files.readString(state.resolve("version.yaml"));
                if (version.contains("unfinished")) {
                    halves++;
                    Program.Result refused = serve();
                    assertTrue(refused.exitCode() != 0, refused::toString);
                    assertTrue(refused.err().contains("repeat it: kume state restore " + backup), refused::toString);
                }
                restore(backup, state).outOfSuccess();
            }
            assertTrue(halves > 0, "no kill came in the middle");
            daemon.restart();
            assertEquals(2, daemon.get("/v1/disks").path("disks").size());
            daemon.stop();
        }
        assertEquals(1, threes(state), "what was there before is kept, once");
    }

    private static void kill(int step, Path backup, Path state) {
        Program.Result killed = Program.run(
                LIMIT,
                Map.of("NO_COLOR", "1"),
                Program.words(
                        "strace",
                        "-f",
                        "-o",
                        "/dev/null",
                        "-e",
                        "trace=fsync",
                        "-e",
                        "inject=fsync:signal=KILL:when=" + step,
                        Clients.home().resolve("bin").resolve("kume"),
                        List.of("state", "restore", backup.toString(), "--state", state.toString(), "--force")));
        assertEquals(KILLED, killed.exitCode(), killed::toString);
    }

    private Program.Result serve() {
        return kume("serve", "--config", directory.resolve("kume.yaml").toString());
    }

    private static Program.Result restore(Path backup, Path state) {
        return kume("state", "restore", backup.toString(), "--state", state.toString(), "--force");
    }

    private static Program.Result kume(String... words) {
        return Program.run(
                LIMIT,
                Map.of("NO_COLOR", "1"),
                Program.words(Clients.home().resolve("bin").resolve("kume"), List.of(words)));
    }

    /** States put aside that have the third disk. */
    private static long threes(Path state) throws IOException {
        try (Stream<Path> aside = Files.walk(state.resolve("backup"))) {
            long found = 0;
            for (Path each :
                    aside.filter(file -> file.endsWith("inventory.yaml")).toList()) {
                found += Files.readString(each).contains("three") ? 1 : 0;
            }
            return found;
        }
    }
}
