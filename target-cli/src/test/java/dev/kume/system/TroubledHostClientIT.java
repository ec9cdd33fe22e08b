package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
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
    private static final long KEY = 0x77;
    private static final int WRITE_EXCLUSIVE = 1;

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

    // ---- space

    /** State, audit log and log have no byte left; the images lie elsewhere. */
    @Test
    void aFullFileSystemUnderStateAndLogsIsAnAlarmAndServingGoesOn() throws Exception {
        needRoot("mounts a file system");
        Path mount = Files.createDirectories(directory.resolve("small"));
        DiskImages.run("mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "kume-test", mount);
        try {
            String yaml = "diskDirectory: %s\nlog: { file: %s }\n"
                    .formatted(directory.resolve("disks"), mount.resolve("kume.log"));
            Files.createDirectory(directory.resolve("disks"));
            Files.createSymbolicLink(directory.resolve("state"), Files.createDirectory(mount.resolve("state")));
            try (RunningDaemon daemon = RunningDaemon.start(directory, yaml, List.of())) {
                String iqn = daemon.provide("vms", "16MB", "vhd");
                try (SteadyReader node = new SteadyReader(daemon, iqn)) {
                    node.expectUndisturbed("nothing", NOTICED_MILLIS);
                    fill(mount.resolve("ballast"));
                    for (int i = 0; i < 40; i++) {
                        RawInitiator.discovery(daemon.portal(), RunningDaemon.NODE1 + i)
                                .close(); // Lines of the log.
                    }
                    Program.Result change = daemon.kume("target", "create", "more");
                    assertEquals(1, change.errorLines().size(), change::toString);
                    assertTrue(change.err().contains("No space left"), change::toString);
                    for (int i = 0; i < 20; i++) {
                        refused(daemon); // The last page of the audit log had room for some of them.
                    }
                    awaitAlarms(daemon, "log file " + mount.resolve("kume.log"), "audit log");
                    reserve(daemon, iqn);
                    node.expectUndisturbed("a full file system of the state", NOTICED_MILLIS);
                    Files.delete(mount.resolve("ballast"));
                    daemon.admin("target", "create", "more");
                    RawInitiator.discovery(daemon.portal(), RunningDaemon.NODE2).close();
                    awaitAlarms(daemon);
                    assertTrue(
                            daemon.get("/v1/audit").path("changes").toString().contains("could not be written down"),
                            "the audit log tells of its gap");
                    node.expectUndisturbed("space that is there again", NOTICED_MILLIS);
                }
                daemon.stop();
            }
        } finally {
            DiskImages.run("umount", "-l", mount);
        }
    }

    private static void refused(RunningDaemon daemon) {
        try {
            daemon.post("/v1/targets", "{\"name\":\"more\"}");
            throw new AssertionError("a target was made");
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full::toString);
        }
    }

    /** Reservations have their places on the disk already; the writer, who is another nexus, goes on. */
    private static void reserve(RunningDaemon daemon, String iqn) throws IOException {
        try (RawInitiator session = RawInitiator.login(daemon.portal(), RunningDaemon.NODE1, iqn, 2)) {
            session.clearUnitAttentions(0);
            byte[] register = PersistentReserve.out(PersistentReserve.REGISTER, 0);
            assertTrue(session.command(0, register, PersistentReserve.list(0, KEY, true), 0)
                    .good());
            assertTrue(session.command(0, register, PersistentReserve.list(KEY, 0, true), 0)
                    .good());
        }
    }

    /** Until nothing more goes in. */
    private static void fill(Path ballast) throws IOException {
        try (var out = Files.newOutputStream(ballast)) {
            byte[] page = new byte[4_096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full::toString);
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
