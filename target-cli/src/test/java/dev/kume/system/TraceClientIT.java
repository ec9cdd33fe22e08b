package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces of sessions of a real initiator, read by a program that knows iSCSI from elsewhere. */
final class TraceClientIT {
    /** Headers with a star before them have data, of the length that the dots stand for. */
    private static final List<String> KINDS = List.of(
            "*43870000 00...... 4000013700000000 00000001 00010000 00000001 00000000" + "00".repeat(16),
            "*23870000 00...... 4000013700000001 00000001 00000000 00000000 00000001 00000001" + "00".repeat(12),
            "*01a10000 00...... 0000000000000000 00000002 00080000 00000002 00000001 2a000000000000040000000000000000",
            " 31800000 00000000 0000000000000000 00000002 00001001 00000001 00000002 00000082 00000000 00010000 00040000",
            "*05800000 00...... 0000000000000000 00000002 00001001 00000000 00000001 00000000 00000000 00010000 00000000",
            "*25800000 00...... 0000000000000000 00000002 ffffffff 00000001 00000002 00000082 00000000 00000000 00000000",
            "*21800002 00...... 0000000000000000 00000002 00000000 00000001 00000002 00000082 00000000 00000000 00000000",
            " 02810000 00000000 0000000000000000 00000003 00000002 00000003 00000002 00000002" + "00".repeat(12),
            " 22800000 00000000 0000000000000000 00000003 00000000 00000002 00000003 00000082" + "00".repeat(12),
            "*00800000 00...... 0000000000000000 00000004 ffffffff 00000003 00000002" + "00".repeat(16),
            "*20800000 00...... 0000000000000000 00000004 ffffffff 00000003 00000004 00000083" + "00".repeat(12),
            "*04800000 00...... 0000000000000000 00000005 ffffffff 00000004 00000003" + "00".repeat(16),
            "*24800000 00...... 0000000000000000 00000005 ffffffff 00000004 00000005 00000084" + "00".repeat(12),
            " 10800000 00000000 0000000000000000 00000006 ffffffff 00000000 00000004" + "00".repeat(16),
            " 3f800400 00000030 0000000000000000 ffffffff 00000000 00000005 00000005 00000084" + "00".repeat(12),
            " 32800000 00000000 0000000000000000 ffffffff 00000000 00000006 00000005 00000084 01000000 00000005 00000000",
            " 06800000 00000000 0000000000000000 00000007 00000000 00000005 00000006" + "00".repeat(16),
            " 26800000 00000000 0000000000000000 00000007 00000000 00000006 00000006 00000085" + "00".repeat(12));

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("qemu-io", "tshark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "crc32c"})
    void tsharkNamesTheCommandsOfALiveSessionAndFindsNoMalformedFrame(String digest) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("traced", "64MB", "vhd");
            Path pcap = directory.resolve("session.pcap");
            String options = daemon.imageOptions(RunningDaemon.NODE1, iqn, 0) + ",file.header-digest=" + digest;
            Path said = directory.resolve("qemu-io.log");
            Process qemu = busyThenIdle(options, said);
            try {
                awaitText(said, "read 4096/4096", qemu);
                String id = daemon.get("/v1/sessions")
                        .path("sessions")
                        .path(0)
                        .path("id")
                        .asText();
                daemon.admin("session", "trace", id, "--pcap", pcap.toString());
                assertTrue(daemon.admin("session", "trace", id).contains("command=READ(10)"));
                assertTrue(daemon.admin("session", "show", id)
                        .contains("HeaderDigest=" + (digest.equals("none") ? "None" : "CRC32C")));
            } finally {
                qemu.destroyForcibly();
            }
            assertEquals("", tshark(pcap, "-Y", "_ws.malformed"));
            assertEquals("", tshark(pcap, "-Y", "tcp && !tcp.len == 0 && !iscsi && frame.cap_len > 54"));
            List<String> opcodes = tshark(pcap, "-T", "fields", "-e", "iscsi.opcode")
                    .lines()
                    .distinct()
                    .toList();
            for (String opcode : List.of("0x01", "0x03", "0x05", "0x21", "0x23", "0x25", "0x31")) {
                assertTrue(opcodes.contains(opcode), () -> "opcode " + opcode + " is not among " + opcodes);
            }
            String commands = tshark(pcap);
            for (String name : List.of("Inquiry", "Read(10)", "Write(10)", "Synchronize Cache(10)", "Login Command")) {
                assertTrue(commands.contains(name), () -> name + " is not in\n" + commands);
            }
        }
    }

    @Test
    void aProtocolErrorLeavesAFileThatTsharkReadsAndTheLogNamesIt() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            try (Socket stranger = new Socket(daemon.portal().getAddress(), daemon.port())) {
                byte[] nopOut = HexFormat.of()
                        .parseHex("40800000" + "00".repeat(12) + "00000004" + "ffffffff" + "0000000300000002"
                                + "00".repeat(16));
                stranger.getOutputStream().write(nopOut);
                stranger.setSoTimeout(10_000);
                assertEquals(-1, stranger.getInputStream().read());
            }
            Path kept = awaitFile(directory.resolve("state").resolve("traces"));
            assertTrue(daemon.log().contains(kept.toString()), daemon.log());
            Path pcap = directory.resolve("kept.pcap");
            daemon.admin("session", "trace", "--file", kept.toString(), "--pcap", pcap.toString());
            assertEquals("", tshark(pcap, "-Y", "_ws.malformed"));
            assertTrue(tshark(pcap).contains("NOP Out"));
        }
    }

    @Test
    void theNamesAndSecretsOfALoginAreInNoHeader() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("traced", "16MB", "vhd");
            try (var session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.clearUnitAttentions(0);
                String id = daemon.get("/v1/sessions")
                        .path("sessions")
                        .path(0)
                        .path("id")
                        .asText();
                JsonNode trace = daemon.get("/v1/sessions/" + id + "/trace");
                assertTrue(trace.path("pdus").size() > 3, trace.toString());
                String name = HexFormat.of().formatHex("microsoft".getBytes(StandardCharsets.US_ASCII));
                for (JsonNode pdu : trace.path("pdus")) {
                    assertFalse(pdu.path("header").asText().contains(name), pdu.toString());
                    assertFalse(pdu.path("extra").asText().contains(name), pdu.toString());
                }
            }
        }
    }

    /** What a session of one initiator does not bring about: each PDU there is, without data and with much. */
    @Test
    void everyKindOfPduIsReadWithoutAMalformedFrame() throws IOException {
        List<String> pdus = new ArrayList<>();
        for (String kind : KINDS) {
            for (int dataBytes : kind.startsWith("*") ? new int[] {0, 3, 48, 300, 70_000} : new int[] {0}) {
                String header = kind.substring(1).replace(" ", "").replace("......", "%06x".formatted(dataBytes));
                assertEquals(96, header.length(), kind);
                String direction = (Integer.parseInt(header.substring(0, 2), 16) & 0x3F) < 0x20 ? "in" : "out";
                pdus.add("""
                        {"atNanos":%d,"direction":"%s","name":"","broken":false,"initiatorTaskTag":"","fields":{},\
                        "header":"%s","extra":""}""".formatted(pdus.size() * 1_000, direction, header));
            }
        }
        Path file =
                Files.writeString(directory.resolve("all.json"), """
                {"session":1,"began":"2026-11-23T07:00:00Z","address":"127.0.0.1:40000","portal":"127.0.0.1:3260",\
                "pdusSeen":%d,"pdus":[%s]}""".formatted(pdus.size(), String.join(",", pdus)));
        Path pcap = directory.resolve("all.pcap");
        RunningDaemon.cli(directory.resolve("none"), "session", "trace", "--file", file.toString(), "--pcap", "" + pcap)
                .outOfSuccess();
        assertEquals("", tshark(pcap, "-Y", "_ws.malformed"));
        List<String> seen = tshark(pcap, "-Y", "iscsi", "-T", "fields", "-e", "iscsi.opcode")
                .lines()
                .toList();
        for (String kind : KINDS) {
            String opcode = "0x%02x".formatted(Integer.parseInt(kind.substring(1, 3), 16) & 0x3F);
            long expected = kind.startsWith("*") ? 5 : 1;
            assertEquals(expected, seen.stream().filter(opcode::equals).count(), () -> opcode + " in " + seen);
        }
    }

    /** Writes, reads and flushes, and then keeps its session for as long as the test may take. */
    private static Process busyThenIdle(String options, Path said) throws IOException {
        List<String> words = new ArrayList<>(List.of("stdbuf", "-oL", "qemu-io", "--image-opts", options));
        for (String command :
                List.of("write -P 7 1M 2M", "read -P 7 1M 2M", "flush", "read -P 7 1M 4k", "sleep 30000")) {
            words.addAll(List.of("-c", command));
        }
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
    }

    private static void awaitText(Path file, String text, Process writer) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!Files.readString(file).contains(text)) {
            assertTrue(writer.isAlive() && System.nanoTime() < end, Files.readString(file));
            Thread.sleep(20);
        }
    }

    private static Path awaitFile(Path folder) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < end) {
            if (Files.exists(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    Path file = files.findFirst().orElse(null);
                    if (file != null && Files.size(file) > 0) {
                        return file;
                    }
                }
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no trace in " + folder);
    }

    private static String tshark(Path pcap, String... words) {
        List<String> line = Program.words("tshark", "-n", "-r", pcap);
        line.addAll(List.of(words));
        return Program.run(LIMIT, java.util.Map.of(), line).outOfSuccess();
    }
}
