package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host on which something is not as it should be: one clear line about it, and initiators that notice nothing. */
final class TroubledHostClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int NOBODY = 65_534;

    /** Longer than any wait for a disk that is there: who waited so long has noticed. */
    private static final long NOTICED_MILLIS = 5_000;

    @TempDir
    Path directory;

    // ---- ports

    @Test
    void portsOfTheManagementThatAreTakenKeepNoDiskFromItsNodeAndAreTakenWhenFree() throws Exception {
        ServerSocket metrics = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket remote = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (metrics;
                remote;
                RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("vms", "16MB", "vhd");
            Path yaml = directory.resolve("kume.yaml");
            Files.writeString(
                    yaml,
                    Files.readString(yaml)
                                    .replace(
                                            "listen: none",
                                            "listen: \"127.0.0.1:%d\"".formatted(metrics.getLocalPort()))
                            + "  remote: { listen: \"127.0.0.1:%d\" }\n".formatted(remote.getLocalPort()));
            daemon.stop();
            daemon.restart();
            try (SteadyReader node = new SteadyReader(daemon, iqn)) {
                awaitAlarms(daemon, "127.0.0.1:" + metrics.getLocalPort(), "127.0.0.1:" + remote.getLocalPort());
                String status = daemon.admin("status");
                assertTrue(status.contains("metrics cannot be read at 127.0.0.1:" + metrics.getLocalPort()), status);
                assertTrue(status.contains("127.0.0.1:%d".formatted(remote.getLocalPort())), status);
                metrics.close();
                remote.close();
                awaitAlarms(daemon);
                assertTrue(daemon.admin("status").contains("listening"), daemon.admin("status"));
                node.expectUndisturbed("ports of others", NOTICED_MILLIS);
            }
            daemon.stop();
        }
    }

    /** Until alarms stand that begin or go on with these, and no other. */
    private static void awaitAlarms(RunningDaemon daemon, String... wanted) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        TreeSet<String> alarms;
        do {
            alarms = new TreeSet<>();
            for (JsonNode alarm : daemon.get("/v1/alarms").path("alarms")) {
                // How full a file system is has an alarm of its own.
                if (!alarm.path("kind").asText().startsWith("space-")) {
                    alarms.add(alarm.path("text").asText());
                }
            }
            Thread.sleep(50);
        } while (!matches(alarms, wanted) && System.nanoTime() < end);
        TreeSet<String> last = alarms;
        assertTrue(matches(last, wanted), () -> List.of(wanted) + " are wanted, and there are " + last);
    }

    private static boolean matches(TreeSet<String> alarms, String... wanted) {
        return alarms.size() == wanted.length
                && List.of(wanted).stream().allMatch(word -> alarms.stream().anyMatch(text -> text.contains(word)));
    }

    // ---- owners and modes

    @Test
    void aStateThatIsNotTheDaemonsOwnIsRefusedInOneLineAndLeftAsItIs() throws Exception {
        needRoot("runs a daemon as another user");
        Path state = directory.resolve("state");
        RunningDaemon daemon = RunningDaemon.start(directory);
        daemon.provide("vms", "16MB", "vhd");
        daemon.stop();
        daemon.close();
        String before = listing(state);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Program.Result other = serve("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        refused(other, "the state directory " + state + " belongs to root, and the daemon runs as");
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(serve(), "others may write to the state directory " + state + " (rwxrwxrwx)");
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
        assertEquals(before, listing(state), "something was written");
        Files.setAttribute(state, "unix:uid", NOBODY);
        try (RunningDaemon again = RunningDaemon.start(directory)) {
            assertTrue(again.log().contains("KUME-2052 " + state + " belongs to "), again::log);
            assertEquals(1, again.get("/v1/disks").path("disks").size());
        }
    }

    private Program.Result serve(String... wrapper) {
        return Program.run(
                LIMIT,
                Map.of(),
                Program.words(
                        List.of(wrapper),
                        Clients.home().resolve("bin").resolve("kume"),
                        "serve",
                        "--config",
                        directory.resolve("kume.yaml")));
    }

    private static void refused(Program.Result result, String line) {
        assertEquals(1, result.exitCode(), result::toString);
        assertEquals(1, result.errorLines().size(), result::toString);
        assertTrue(result.err().contains(line), result::toString);
        assertFalse(result.err().contains("\tat "), result::toString);
    }

    /** Names, sizes and times of all files. */
    private static String listing(Path below) {
        return DiskImages.run("find", below, "-type", "f", "-printf", "%P %s %T@\\n")
                .lines()
                .sorted()
                .toList()
                .toString();
    }

    private static void needRoot(String what) {
        Assumptions.assumeTrue(DiskImages.run("id", "-u").strip().equals("0"), "only root " + what);
    }
}
