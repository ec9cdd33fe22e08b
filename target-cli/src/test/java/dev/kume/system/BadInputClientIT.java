package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input by the real command line: one line naming thing, place and remedy, the right code, no trace left. */
final class BadInputClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String VHD_512_BYTES_SHORT = "truncated.vhd";

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;
    private static String before;

    @BeforeAll
    static void daemonWithOneDisk() throws Exception {
        daemon = RunningDaemon.start(directory);
        daemon.provide("one", "8MB", "vhd");
        daemon.admin("disk", "create", "own", "--size", "8MB", "--sparse");
        daemon.admin("disk", "create", "spare", "--size", "8MB", "--sparse", "--sharing", "cluster");
        daemon.admin("target", "create", "two", "--initiator", RunningDaemon.NODE2);
        daemon.admin("map", "own", "one", "--lun", "5");
        before = provisioned();
    }

    @AfterAll
    static void end() throws Exception {
        if (daemon != null) {
            try (RunningDaemon ending = daemon) {
                ending.stop();
            }
        }
    }

    private static String provisioned() throws IOException {
        return "%s %s %s"
                .formatted(
                        daemon.get("/v1/disks").findValuesAsText("name"),
                        daemon.get("/v1/targets").findValuesAsText("iqn"),
                        daemon.get("/v1/mappings"));
    }

    /** One line on standard error with all these words, this exit code, and nothing provisioned by it. */
    private static void refused(int exitCode, List<String> inLine, String... words) throws IOException {
        Program.Result result = daemon.kume(words);
        oneLine(result, exitCode, inLine);
        assertEquals(before, provisioned(), () -> "something is left of " + result);
    }

    private static void oneLine(Program.Result result, int exitCode, List<String> inLine) {
        assertEquals(exitCode, result.exitCode(), result::toString);
        // Progress of long work is no part of the error.
        List<String> lines = result.errorLines().stream()
                .filter(line -> !line.matches("Creating .*%"))
                .toList();
        assertEquals(1, lines.size(), () -> "one line is wanted: " + result);
        for (String word : inLine) {
            assertTrue(lines.getFirst().contains(word), () -> "`" + word + "` is not in: " + result);
        }
    }

    // ---- Verbs

    @Test
    void badSizes() throws Exception {
        for (String size : List.of("30XB", "-1GB", "GB", "0", "1e3")) {
            refused(2, List.of(size), "disk", "create", "bad", "--size=" + size);
        }
        refused(2, List.of("1000"), "disk", "create", "bad", "--size", "1000");
        refused(2, List.of("2040"), "disk", "create", "bad", "--size", "3TB", "--sparse");
    }

    @Test
    void theClassicIqnWithADotForItsColon() throws Exception {
        String classic = "iqn.1991-05.com.microsoft.hv-node1";
        refused(2, List.of(classic, RunningDaemon.NODE1), "target", "create", "t", "--initiator", classic);
        refused(2, List.of("nonsense"), "target", "create", "t", "--iqn", "nonsense");
        refused(2, List.of("IQN with blank"), "target", "allow", "one", "IQN with blank");
    }

    @Test
    void namesTaken() throws Exception {
        refused(4, List.of("one"), "disk", "create", "one", "--size", "8MB");
        refused(4, List.of("one"), "target", "create", "one");
        refused(4, List.of("one"), "target", "create", "other", "--iqn", RunningDaemon.IQN_PREFIX + ":one");
        refused(4, List.of("one"), "map", "one", "one", "--lun", "6");
        refused(4, List.of("5", "own"), "map", "spare", "one", "--lun", "5");
    }

    @Test
    void anExistingFileIsNeverOverwritten() throws Exception {
        Path file = Files.writeString(directory.resolve("precious.vhd"), "precious");
        refused(
                4,
                List.of(file.toString(), "disk import"),
                "disk",
                "create",
                "bad",
                "--size",
                "8MB",
                "--file",
                file.toString());
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void unknownNamesGetTheNearestOne() throws Exception {
        refused(3, List.of("onee", "one"), "disk", "show", "onee");
        refused(3, List.of("twoo", "two"), "map", "one", "twoo");
    }

    @Test
    void anExclusiveDiskIsMappedOnce() throws Exception {
        refused(5, List.of("own", "--sharing cluster"), "map", "own", "two");
    }

    @Test
    void whatIsInUseIsNotRemoved() throws Exception {
        refused(8, List.of("one"), "disk", "remove", "one", "--yes");
    }

    @Test
    void imagesThatAreNoVhd() throws Exception {
        refused(
                3,
                List.of("nowhere.vhd"),
                "disk",
                "import",
                "bad",
                "--file",
                directory.resolve("nowhere.vhd").toString());
        Path good = daemon.file("own");
        Path truncated = Files.copy(good, directory.resolve(VHD_512_BYTES_SHORT));
        try (FileChannel file = FileChannel.open(truncated, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 512);
        }
        refusedImport(truncated);
        Path damaged = Files.copy(good, directory.resolve("damaged.vhd"));
        try (FileChannel file = FileChannel.open(damaged, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer checksum = ByteBuffer.allocate(4);
            file.read(checksum, file.size() - 512 + 64);
            checksum.put(0, (byte) ~checksum.get(0)).flip();
            file.write(checksum, file.size() - 512 + 64);
        }
        refusedImport(damaged);
        Path odd = Files.write(directory.resolve("odd.raw"), new byte[12_345]);
        refusedImport(odd);
    }

    private static void refusedImport(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Program.Result result = daemon.kume("disk", "import", "bad", "--file", file.toString());
        assertNotEquals(0, result.exitCode(), result::toString);
        oneLine(result, result.exitCode(), List.of(file.toString()));
        assertEquals(before, provisioned());
        assertTrue(java.util.Arrays.equals(bytes, Files.readAllBytes(file)), file + " was changed");
    }

    @Test
    void aFullFileSystemLeavesNoHalfDisk() throws Exception {
        Path mount = Files.createDirectories(directory.resolve("small"));
        boolean root = Program.run(LIMIT, "id", "-u").out().strip().equals("0");
        Assumptions.assumeTrue(root, "only root can mount the small file system that this needs");
        Program.run(LIMIT, "mount", "-t", "tmpfs", "-o", "size=4m", "kume-test", mount.toString())
                .outOfSuccess();
        try {
            Path file = mount.resolve("big.vhd");
            refused(1, List.of(file.toString()), "disk", "create", "big", "--size", "64MB", "--file", file.toString());
            assertFalse(Files.exists(file), "half a disk is left");
            refused(
                    1,
                    List.of(file.toString()),
                    "disk",
                    "create",
                    "big",
                    "--size",
                    "64MB",
                    "--file",
                    file.toString(),
                    "--format",
                    "raw");
            try (var left = Files.list(mount)) {
                assertEquals(List.of(), left.toList());
            }
        } finally {
            Program.run(LIMIT, "umount", "-l", mount.toString()).outOfSuccess();
        }
    }

    @Test
    void usageErrorsSayWhereHelpIs() {
        for (List<String> words : List.of(List.of("disk", "crate"), List.of("disk", "create"), List.of("--wat"))) {
            Program.Result result = daemon.kume(words.toArray(String[]::new));
            assertEquals(2, result.exitCode(), result::toString);
            assertFalse(result.errorLines().isEmpty(), result::toString);
            assertFalse(result.err().contains("Exception"), result::toString);
        }
    }

    @Test
    void noDaemonAtTheSocket() {
        Path nowhere = directory.resolve("nobody.sock");
        oneLine(RunningDaemon.cli(nowhere, "status"), 6, List.of(nowhere.toString()));
    }

    // ---- Settings and start

    @Test
    void settingsThatAreWrong() throws Exception {
        String yaml = RunningDaemon.yaml(directory.resolve("wrong"), RunningDaemon.freePort());
        refusedStart(yaml.replace("portals:", "portalz:"), List.of("kume-bad.yaml:4", "portalz", "portals"));
        refusedStart(
                yaml.replace("schemaVersion: 1", "schemaVersion: many"), List.of("kume-bad.yaml:1", "schemaVersion"));
        refusedStart(yaml.replaceFirst("listen: .*", "listen: 7"), List.of("kume-bad.yaml:6", "listen"));
        refusedStart(yaml + "limits:\n  sessionz: 5\n", List.of("kume-bad.yaml:11", "sessionz"));
        refusedStart(yaml.replaceFirst("iqnPrefix: .*", "iqnPrefix: nonsense"), List.of("kume-bad.yaml:3", "nonsense"));
    }

    @Test
    void addressesThatCannotBeHad() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            refusedStart(
                    RunningDaemon.yaml(directory.resolve("taken"), taken.getLocalPort()), List.of("127.0.0.1", port));
        }
        String yaml = RunningDaemon.yaml(directory.resolve("far"), 3260);
        refusedStart(yaml.replace("127.0.0.1:3260", "192.0.2.77:3260"), List.of("192.0.2.77"));
    }

    @Test
    void stateDirectoriesThatCannotBeUsed() throws Exception {
        Path file = Files.writeString(directory.resolve("plain-file"), "");
        String yaml = RunningDaemon.yaml(directory.resolve("elsewhere"), RunningDaemon.freePort());
        refusedStart(
                yaml.replaceFirst("stateDirectory: .*", "stateDirectory: " + file.resolve("state")),
                List.of(file.toString()));
        Path used = directory.resolve("state");
        refusedStart(yaml.replaceFirst("stateDirectory: .*", "stateDirectory: " + used), List.of(used.toString()));
        assertTrue(daemon.isAlive());
        assertEquals(before, provisioned());
    }

    private static void refusedStart(String yaml, List<String> inLine) throws IOException {
        Path configuration = Files.writeString(directory.resolve("kume-bad.yaml"), yaml);
        Program.Result result = Program.run(
                LIMIT,
                Map.of(),
                Program.words(Clients.home().resolve("bin").resolve("kume"), "serve", "--config", configuration));
        assertFalse(result.late(), () -> "the daemon started: " + result);
        assertNotEquals(0, result.exitCode(), result::toString);
        assertFalse((result.out() + result.err()).contains("\tat "), () -> "a stack trace: " + result);
        oneLine(result, result.exitCode(), inLine);
    }
}
