package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's real bytes, captured on loopback while real initiators work, hold no frame that is malformed. */
final class WireCaptureClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() throws IOException {
        Clients.need("qemu-io", "tshark", "iscsi-ls", "iscsi-inq");
        if (!Files.getOwner(Path.of("/proc/self")).getName().equals("root")) {
            Assumptions.abort("only root may capture on loopback");
        }
    }

    @Test
    void whatRealInitiatorsGetIsWellFormed() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("captured", "64MB", "vhd");
            Path pcap = directory.resolve("wire.pcap");
            Process capture = startCapture(daemon.port(), pcap);
            try {
                for (String digest : List.of("none", "crc32c")) {
                    succeed(
                            "qemu-io",
                            "--image-opts",
                            daemon.imageOptions(RunningDaemon.NODE1, iqn, 0) + ",file.header-digest=" + digest,
                            "-c",
                            "write -P 7 1M 1M",
                            "-c",
                            "flush",
                            "-c",
                            "read -P 7 1M 1M",
                            "-c",
                            "read 0 512");
                }
                succeed("iscsi-ls", "-i", RunningDaemon.NODE1, "-s", "iscsi://127.0.0.1:" + daemon.port());
                for (String page : List.of("0", "0x80", "0x83", "0xb0", "0xb1", "0xb2")) {
                    succeed("iscsi-inq", "-i", RunningDaemon.NODE1, "-e", "1", "-c", page, daemon.url(iqn, 0));
                }
                awaitStillness(pcap);
            } finally {
                endCapture(capture);
            }
            assertEquals("", tshark(daemon.port(), pcap, "-Y", "_ws.malformed"));
            String opcodes = tshark(daemon.port(), pcap, "-Y", "iscsi", "-T", "fields", "-e", "iscsi.opcode");
            for (String opcode : List.of("0x04", "0x06", "0x21", "0x23", "0x24", "0x25", "0x26", "0x31")) {
                assertTrue(opcodes.contains(opcode), () -> opcode + " was not captured:\n" + opcodes);
            }
        }
    }

    /** Ready when this returns: it says so on its standard error. */
    private Process startCapture(int port, Path pcap) throws IOException, InterruptedException {
        Path said = directory.resolve("tshark.log");
        Process capture = new ProcessBuilder(
                        "tshark", "-q", "-i", "lo", "-B", "64", "-f", "tcp port " + port, "-w", pcap.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!Files.readString(said).contains("Capture started")) {
            assertTrue(capture.isAlive() && System.nanoTime() < end, Files.readString(said));
            Thread.sleep(20);
        }
        return capture;
    }

    /** The capturing process writes behind what it has captured. */
    private static void awaitStillness(Path pcap) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        long bytes = -1;
        for (int still = 0; still < 3 && System.nanoTime() < end; still++) {
            Thread.sleep(500);
            if (Files.size(pcap) != bytes) {
                bytes = Files.size(pcap);
                still = 0;
            }
        }
    }

    /** In order, so that the file is whole. */
    private static void endCapture(Process capture) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(capture.pid())).start().waitFor();
        if (!capture.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            capture.destroyForcibly();
        }
    }

    private static void succeed(String... words) {
        Program.run(LIMIT, words).outOfSuccess();
    }

    private static String tshark(int port, Path pcap, String... words) {
        List<String> line =
                new ArrayList<>(Program.words("tshark", "-n", "-r", pcap, "-d", "tcp.port==" + port + ",iscsi"));
        line.addAll(List.of(words));
        return Program.run(LIMIT, Map.of(), line).outOfSuccess();
    }
}
