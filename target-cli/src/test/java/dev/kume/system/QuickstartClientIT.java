package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer does first, on an empty machine. */
final class QuickstartClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("iscsi-ls", "qemu-img");
    }

    @Test
    void servesBothNodesEachItsOwnTargetAndContinuesWhenRunAgain() throws Exception {
        int port = RunningDaemon.freePort();
        Process first = quickstart(port, "first.log");
        try {
            awaitReady(first, port, "first.log");
            nodeSeesItsOwnTargetOnly(port, "hv-node1", "hv-node2");
            nodeSeesItsOwnTargetOnly(port, "hv-node2", "hv-node1");
            sizesAreExact(port);
            spaceIsTakenOnlyAsWritten();
            pattern(port, "write");
            assertEquals(0, interrupt(first), () -> log("first.log"));
        } finally {
            end(first);
        }
        Process second = quickstart(port, "second.log");
        try {
            awaitReady(second, port, "second.log");
            pattern(port, "read");
            assertEquals(0, interrupt(second), () -> log("second.log"));
        } finally {
            end(second);
        }
    }

    private Process quickstart(int port, String log) throws IOException {
        Path script = Clients.checkout().resolve("scripts").resolve("quickstart");
        return new ProcessBuilder(Program.words(
                        "env",
                        "--default-signal",
                        "setsid",
                        script,
                        "--port",
                        port,
                        "--state",
                        directory.resolve("state")))
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(directory.resolve(log).toFile())
                .start();
    }

    private void awaitReady(Process process, int port, String log) throws InterruptedException {
        String line = "Kume is ready on 127.0.0.1:" + port;
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        while (!log(log).contains(line)) {
            assertTrue(process.isAlive(), () -> "quickstart ended with " + process.exitValue() + ":\n" + log(log));
            assertTrue(System.nanoTime() < end, () -> "no line `" + line + "` in:\n" + log(log));
            Thread.sleep(50);
        }
    }

    private static void nodeSeesItsOwnTargetOnly(int port, String node, String other) {
        String out = Program.run(
                        LIMIT, "iscsi-ls", "-i", "iqn.1991-05.com.microsoft:" + node, "-s", "iscsi://127.0.0.1:" + port)
                .outOfSuccess();
        assertTrue(
                out.lines().anyMatch(line -> line.matches("Target:iqn\\S*" + node + " Portal:127\\.0\\.0\\.1:.*")),
                out);
        assertFalse(out.contains(other), out);
        // iscsi-ls multiplies the block size by the last LBA, one block short, and rounds down: 2 GiB are "1G" to it.
        assertTrue(out.lines().anyMatch(line -> line.matches("Lun:0 +Type:DIRECT_ACCESS \\(Size:1G\\)")), out);
        assertTrue(out.lines().anyMatch(line -> line.matches("Lun:1 +Type:DIRECT_ACCESS \\(Size:29G\\)")), out);
        assertEquals(2, out.lines().filter(line -> line.startsWith("Lun:")).count(), out);
    }

    private void sizesAreExact(int port) {
        assertTrue(image(port, 0, "info").contains("\"virtual-size\": " + (2L << 30)));
        assertTrue(image(port, 1, "info").contains("\"virtual-size\": " + (30L << 30)));
    }

    private String image(int port, int lun, String verb) {
        return Program.run(LIMIT, "qemu-img", verb, "--output=json", "--image-opts", options(port, lun))
                .outOfSuccess();
    }

    private String options(int port, int lun) {
        String iqn = Program.run(LIMIT, "iscsi-ls", "-i", RunningDaemon.NODE1, "iscsi://127.0.0.1:" + port)
                .outOfSuccess()
                .replaceAll("(?s).*Target:(\\S+).*", "$1");
        return ("driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=127.0.0.1:%d,file.target=%s,"
                        + "file.lun=%d,file.initiator-name=%s")
                .formatted(port, iqn, lun, RunningDaemon.NODE1);
    }

    private void spaceIsTakenOnlyAsWritten() throws IOException {
        Path file = image(".*vms.*\\.vhd");
        assertEquals((30L << 30) + 512, Files.size(file), file + " is no fixed VHD of 30 GB");
        long kilobytes = Long.parseLong(
                Program.run(LIMIT, "du", "-k", file.toString()).outOfSuccess().split("\\s")[0]);
        assertTrue(kilobytes < 64 << 10, file + " takes " + kilobytes + " KiB before anybody wrote");
    }

    private Path image(String name) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .findFirst()
                    .orElseGet(() -> fail("no file like " + name));
        }
    }

    private void pattern(int port, String verb) {
        Program.run(LIMIT, "qemu-io", "--image-opts", "-c", verb + " -P 0x6b 1M 64k", "-c", "flush", options(port, 1))
                .outOfSuccess();
    }

    /** As Ctrl-C does: to the whole process group. */
    private static int interrupt(Process process) throws Exception {
        new ProcessBuilder("kill", "-INT", "--", "-" + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), "Ctrl-C does not end the quickstart within 10 seconds");
        return process.exitValue();
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    private String log(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            return "";
        }
    }
}
