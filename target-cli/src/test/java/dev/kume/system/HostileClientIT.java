package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawInitiator;
import dev.kume.system.wire.RawPdu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that mean harm or know no better, beside a session that must not notice. */
final class HostileClientIT {
    private static final long PATIENCE_MILLIS = 2000;
    private static final long GROWTH_BYTES_MAX = 160L << 20;

    @TempDir
    static Path directory;

    private static RunningDaemon daemon;
    private static String iqn;
    private static SteadyReader healthy;
    private static long residentBytes;

    @BeforeAll
    static void daemonWithAHealthySession() throws Exception {
        daemon = RunningDaemon.start(directory);
        iqn = daemon.provide("one", "16MB", "vhd");
        healthy = new SteadyReader(daemon, iqn);
        healthy.expectUndisturbed("its own start", 10_000);
        residentBytes = daemon.residentBytes();
    }

    @AfterAll
    static void end() throws Exception {
        if (daemon != null) {
            try (RunningDaemon ending = daemon) {
                healthy.close();
                ending.stop();
            }
        }
    }

    private static void nobodyNoticed(String what) throws Exception {
        healthy.expectUndisturbed(what, PATIENCE_MILLIS);
        long growth = daemon.residentBytes() - residentBytes;
        assertTrue(growth < GROWTH_BYTES_MAX, () -> what + " made the daemon grow by " + (growth >> 20) + " MiB");
    }

    @Test
    void garbageEndsItsConnectionOnly() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[1 + random.nextInt(4000)];
            random.nextBytes(garbage);
            try (RawInitiator peer = RawInitiator.connect(daemon.portal())) {
                peer.sendBytes(garbage);
            }
        }
        byte[] http = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"
                .repeat(9)
                .getBytes("US-ASCII");
        try (RawInitiator peer = RawInitiator.connect(daemon.portal())) {
            peer.sendBytes(http);
            assertTrue(peer.closedByTarget(5000), "an HTTP request is no login");
        }
        nobodyNoticed("garbage");
    }

    @Test
    void anOversizeSegmentIsNotWaitedFor() throws Exception {
        try (RawInitiator peer = RawInitiator.connect(daemon.portal())) {
            RawPdu login = RawInitiator.loginRequest(1, Map.of("InitiatorName", RunningDaemon.NODE1));
            byte[] bytes = login.bytes();
            bytes[5] = bytes[6] = bytes[7] = (byte) 0xFF;
            peer.sendBytes(bytes);
            assertTrue(peer.closedByTarget(5000), "a login of 16 MiB is refused at its header");
        }
        try (RawInitiator peer = daemon.login(RunningDaemon.NODE1, iqn)) {
            byte[] bytes = RawPdu.of(0x01, 0xA1).bytes();
            bytes[5] = bytes[6] = bytes[7] = (byte) 0xFF;
            peer.sendBytes(bytes);
            assertTrue(peer.closedByTarget(5000), "a segment beyond what was negotiated ends the connection");
        }
        nobodyNoticed("oversize segments");
    }

    @Test
    void halfOpenConnectionsCostNobodyElseAnything() throws Exception {
        List<RawInitiator> peers = new ArrayList<>();
        try {
            byte[] login = RawInitiator.loginRequest(3, Map.of("InitiatorName", RunningDaemon.NODE1))
                    .bytes();
            for (int i = 0; i < 300; i++) {
                RawInitiator peer = RawInitiator.connect(daemon.portal(), "127.0.0.2");
                peers.add(peer);
                trickle(peer, login, i % 60);
            }
            nobodyNoticed("300 half-open logins");
            try (RawInitiator late = daemon.login(RunningDaemon.NODE1, iqn)) {
                late.clearUnitAttentions(0);
            }
        } finally {
            for (RawInitiator peer : peers) {
                peer.close();
            }
        }
        descriptorsAreGivenBack();
    }

    /** As much of a login as this, byte by byte; the target may have closed by then. */
    private static void trickle(RawInitiator peer, byte[] login, int bytes) {
        try {
            for (int at = 0; at < bytes; at++) {
                peer.sendBytes(login[at]);
            }
        } catch (IOException e) {
            // Refusing too many at once is the target's right.
        }
    }

    private static void descriptorsAreGivenBack() throws Exception {
        long end = System.nanoTime() + 10_000_000_000L;
        long open = descriptors();
        while (open > 100 && System.nanoTime() < end) {
            Thread.sleep(50);
            open = descriptors();
        }
        assertTrue(open <= 100, open + " descriptors are still open");
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/" + daemon.pid() + "/fd"))) {
            return files.count();
        }
    }

    @Test
    void anUnknownOpcodeIsRejectedAndTheSessionGoesOn() throws Exception {
        try (RawInitiator peer = daemon.login(RunningDaemon.NODE1, iqn)) {
            peer.clearUnitAttentions(0);
            RawPdu unknown = RawPdu.of(0x5C, 0x80);
            unknown.header().putInt(16, 0x1234).putInt(24, peer.cmdSn());
            byte[] sent = unknown.bytes();
            peer.sendBytes(sent);
            RawPdu answer = peer.receive();
            assertEquals(0x3F, answer.opcode());
            assertEquals(0x05, answer.unsigned(2), "reason: command not supported");
            assertArrayEquals(sent, answer.data(), "a Reject carries the header it rejects");
            assertArrayEquals(new byte[] {1, 2, 3, 4}, peer.ping((byte) 1, (byte) 2, (byte) 3, (byte) 4));
        }
        nobodyNoticed("an unknown opcode");
    }

    @Test
    void anUnknownScsiCommandIsRefusedWithSense() throws Exception {
        try (RawInitiator peer = daemon.login(RunningDaemon.NODE1, iqn)) {
            peer.clearUnitAttentions(0);
            assertEquals(
                    "5/20/00",
                    peer.command(0, new byte[] {(byte) 0xC7, 0, 0, 0, 0, 0}, new byte[0], 0)
                            .outcome());
            assertEquals(
                    "5/25/00",
                    peer.command(9, Cdb.testUnitReady(), new byte[0], 0).outcome());
            assertEquals(
                    "5/21/00",
                    peer.command(0, Cdb.read16(1L << 40, 8), new byte[0], 4096).outcome());
            assertTrue(peer.command(0, Cdb.testUnitReady(), new byte[0], 0).good());
        }
    }

    @Test
    void dataNobodyAskedForDoesNoHarm() throws Exception {
        try (RawInitiator peer = daemon.login(RunningDaemon.NODE1, iqn)) {
            peer.clearUnitAttentions(0);
            RawPdu data = RawPdu.of(0x05, 0x80, new byte[4096]);
            data.header().putInt(16, 0x4321).putInt(20, 0x99).putInt(28, 1);
            peer.send(data);
            // It may belong to a task that was aborted while it was on its way: it is dropped without a word.
            assertArrayEquals(new byte[] {9, 9, 9, 9}, peer.ping((byte) 9, (byte) 9, (byte) 9, (byte) 9));
        }
        nobodyNoticed("unsolicited Data-Out");
    }

    @Test
    void anAnswerWaitsForTheDataThatWasAskedFor() throws Exception {
        try (RawInitiator peer = daemon.login(RunningDaemon.NODE1, iqn)) {
            peer.clearUnitAttentions(0);
            byte[] differs = new byte[131_072];
            java.util.Arrays.fill(differs, (byte) 0xA5);
            RawPdu verify = RawPdu.of(0x01, 0xA1, java.util.Arrays.copyOf(differs, 65_536));
            byte[] cdb = {0x2F, 2, 0, 0, 0x60, 0, 0, 1, 0, 0};
            verify.header()
                    .putInt(16, 0x55)
                    .putInt(20, differs.length)
                    .putInt(24, peer.cmdSn())
                    .put(32, cdb);
            peer.send(verify);
            RawPdu r2t = peer.receive();
            assertEquals(0x31, r2t.opcode());
            // The first half differs already, but RFC 7143 11.4 has the target wait for the F bit of the second.
            peer.timeoutMillis(300);
            assertThrows(java.net.SocketTimeoutException.class, peer::receive);
            peer.timeoutMillis(5000);
            RawPdu data = RawPdu.of(0x05, 0x80, java.util.Arrays.copyOf(differs, r2t.word(44)));
            data.header().putInt(16, 0x55).putInt(20, r2t.word(20)).putInt(40, r2t.word(40));
            peer.send(data);
            RawPdu response = peer.receive();
            assertEquals(0x21, response.opcode());
            assertEquals(0x0E, response.data()[2 + 2] & 0x0F, "MISCOMPARE");
        }
    }

    @Test
    void manyCommandsWithoutReadingAnswersStayBounded() throws Exception {
        try (RawInitiator peer = daemon.login(RunningDaemon.NODE1, iqn)) {
            peer.clearUnitAttentions(0);
            Thread flood = Thread.ofPlatform().start(() -> flood(peer));
            Thread.sleep(1500);
            nobodyNoticed("a peer that asks for 256 KiB again and again and never reads");
            peer.close();
            flood.join();
        }
        nobodyNoticed("the end of that peer");
    }

    private static void flood(RawInitiator peer) {
        try {
            for (int i = 0; i < 100_000; i++) {
                RawPdu read = RawPdu.of(0x01, 0xC1);
                read.header()
                        .putInt(16, i + 100)
                        .putInt(20, 262_144)
                        .putInt(24, peer.cmdSn() + i)
                        .put(32, Cdb.read16(0, 512));
                peer.send(read);
            }
        } catch (IOException e) {
            // Closed by either side: the flood is over.
        }
    }
}
