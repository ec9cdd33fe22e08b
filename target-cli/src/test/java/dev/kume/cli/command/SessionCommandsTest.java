package dev.kume.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionCommandsTest {
    @TempDir
    private Path folder;

    private FakeDaemon daemon;
    private CommandRun kume;

    @BeforeEach
    void start() throws IOException {
        Path socket = folder.resolve("admin.sock");
        daemon = new FakeDaemon(socket);
        kume = new CommandRun().server(socket);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void showSaysAllThereIs() {
        daemon.answers("GET /v1/sessions/7", 200, Records.SESSION);
        assertEquals(0, kume.run("session", "show", "7"));
        assertEquals("""
                session:        7 (normal)
                initiator:      iqn.1991-05.com.microsoft:hv-node1
                alias:          -
                authentication: CHAP SHA-256 user hv-node1
                ISID:           400001370000
                TSIH:           3
                address:        192.168.10.11:49211
                portal:         192.168.10.1:3260, portal group 1
                target:         hv-node1
                target IQN:     iqn.2026-11.dev.kume:store1-hv-node1
                since:          2026-11-23T07:00:00Z (2h 0m)
                negotiated:     HeaderDigest=None
                                MaxBurstLength=262144
                commands:       5120, 3 of them not answered yet
                read:           1 MB
                written:        2 GB
                window:         CmdSN 5121 to 5245
                StatSN:         99
                heard:          3s ago
                last PDUs:      kume session trace 7
                """, kume.out());
    }

    @Test
    void traceIsATable() {
        daemon.answers("GET /v1/sessions/7/trace", 200, Records.TRACE);
        assertEquals(0, kume.run("session", "trace", "7"));
        assertEquals("""
                 SECONDS  DIRECTION  PDU      TASK TAG  FIELDS
                1.500000  ->         NOP-Out  00000011  immediate=true cmdSn=4294967295
                2.000000  <-         NOP-In   -         -
                """, kume.out());
        assertEquals("The last 2 of 300 PDUs since 2026-11-23T07:00:00Z\n", kume.err());
    }

    @Test
    void traceAsACaptureFile() throws IOException {
        daemon.answers("GET /v1/sessions/7/trace", 200, Records.TRACE);
        Path pcap = folder.resolve("out.pcap");
        assertEquals(0, kume.run("session", "trace", "7", "--pcap", pcap.toString()));
        byte[] file = Files.readAllBytes(pcap);
        assertEquals(24 + 2 * (16 + 14 + 40 + 20 + 48), file.length);
        assertEquals("4d3cb2a1", HexFormat.of().formatHex(Arrays.copyOf(file, 4)));
        assertEquals("", kume.out());
        assertEquals(
                "2 of 2 PDUs written, without their data and digests; port 13260 is written as 3260, by which readers know"
                        + " iSCSI\n",
                kume.err());
        assertEquals(4, kume.run("session", "trace", "7", "--pcap", pcap.toString()), "the file exists");
        assertTrue(kume.err().endsWith("out.pcap exists already; give the name of a new file\n"), kume.err());
    }

    @Test
    void aTraceThatWasKeptIsReadWithoutADaemon() throws IOException {
        Path kept = Files.writeString(
                folder.resolve("session-1.json"), Records.TRACE.replace("\"reason\":null", "\"reason\":\"x\""));
        assertEquals(0, kume.run("session", "trace", "--file", kept.toString()));
        assertTrue(kume.out().contains("NOP-Out"), kume.out());
        assertTrue(kume.err().endsWith("; closed: x\n"), kume.err());
        assertEquals(java.util.List.of(), daemon.asked());
    }

    @Test
    void aFileThatIsNoTraceIsRefusedInOneLine() throws IOException {
        assertEquals(
                3, kume.run("session", "trace", "--file", folder.resolve("none").toString()));
        for (String text : new String[] {"", "no json", "[]", "null", "{\"session\":\"x\"}"}) {
            Path file = Files.writeString(folder.resolve("file"), text);
            Path pcap = folder.resolve("never.pcap");
            assertEquals(1, kume.run("session", "trace", "--file", file.toString(), "--pcap", pcap.toString()), text);
            assertFalse(Files.exists(pcap), text);
        }
        assertEquals(6, kume.err().lines().count(), kume.err());
    }

    @Test
    void aTraceNeedsASessionOrAFileAndNotBoth() {
        assertEquals(2, kume.run("session", "trace"));
        assertEquals(2, kume.run("session", "trace", "7", "--file", "x"));
    }
}
