package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initiators that break the rules, by accident or not: they end alone, and leave nothing behind. */
final class HostileTest {
    @Test
    void garbageEndsItsConnectionAlone() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator good = rig.session();
            for (long seed = 0; seed < 30; seed++) {
                byte[] garbage = new byte[200_000];
                new Random(seed).nextBytes(garbage);
                RawInitiator stranger = rig.connect();
                sendAll(stranger, garbage);
                stranger.expectClosed();
                RawInitiator insider = rig.connect();
                insider.isidQualifier = 9;
                insider.loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
                garbage[0] = (byte) (seed % 2 == 0 ? 0x01 : 0x05);
                sendAll(insider, garbage);
                insider.close();
                good.ping();
            }
            Rig.eventually("the others are gone", () -> rig.target.server().connectionCount() == 1);
            assertEquals(0, rig.target.server().dataBytes());
        }
    }

    private static void sendAll(RawInitiator initiator, byte[] bytes) {
        try {
            initiator.sendBytes(bytes);
        } catch (java.io.UncheckedIOException closed) {
            // The target had seen enough.
        }
    }

    @Test
    void aDataSegmentLargerThanDeclaredEndsTheConnection() throws IOException {
        try (Rig rig = Rig.with(Limit.MAX_RECV_DATA_SEGMENT_BYTES, 8192)) {
            RawInitiator initiator = rig.session();
            initiator.send(initiator.nopOut(new byte[8192]));
            assertEquals(8192, initiator.receive().data().length);
            initiator.sendBytes(Arrays.copyOf(initiator.bytes(initiator.nopOut(new byte[8193])), 48));
            assertEquals(List.of(), initiator.expectClosed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", "CRC32C"})
    void additionalHeadersOfEveryLengthArePassedOver(String digest) throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("HeaderDigest=" + digest);
            for (int words = 0; words <= 255; words++) {
                initiator.send(initiator.testUnitReady().withAdditional(new byte[words * 4]));
                initiator.send(initiator
                        .write(7, 1)
                        .withAdditional(new byte[words * 4])
                        .with(new byte[512]));
                assertEquals(0, initiator.receive().status());
                assertEquals(0, initiator.receive().status());
            }
        }
    }

    @Test
    void aWrongHeaderDigestEndsTheConnection() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("HeaderDigest=CRC32C");
            byte[] bytes = initiator.bytes(initiator.write(5, 1).with(new byte[512]));
            bytes[20] ^= 1;
            initiator.sendBytes(bytes);
            assertEquals(List.of(), initiator.expectClosed());
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 512), rig.disk.at(5 * 512, 512));
        }
    }

    @Test
    void aWrongDataDigestIsRejectedAndNothingOfItIsWritten() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("DataDigest=CRC32C", "InitialR2T=No");
            // In immediate data, in data that comes unasked, and in data that was asked for.
            WirePdu immediate = initiator.write(5, 1).with(new byte[512]);
            initiator.sendBytes(broken(initiator.bytes(immediate)));
            rejected(initiator, immediate);
            // RFC 7143 7.3: it has not been received. Sent again with its number and tag it is carried out.
            initiator.expectSilence(50);
            assertEquals(
                    0,
                    initiator
                            .run(immediate.with(ScriptedDisk.pattern(5 * 512, 512)))
                            .status());

            WirePdu unsolicited = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 5, 2));
            initiator.send(unsolicited);
            int tag = unsolicited.initiatorTaskTag();
            WirePdu first = initiator.dataOut(tag, WirePdu.NO_TAG, 0, 0, false, new byte[512]);
            initiator.sendBytes(broken(initiator.bytes(first)));
            rejected(initiator, first);
            initiator.expectSilence(50);
            initiator.send(initiator.dataOut(tag, WirePdu.NO_TAG, 1, 512, true, new byte[512]));
            assertEquals(
                    "0b4705", initiator.finish(unsolicited, new byte[0]).last().sense());

            WirePdu asked = initiator.write(5, 1);
            WirePdu r2t = initiator.send(asked).receive();
            WirePdu answer = initiator.dataOut(asked.initiatorTaskTag(), r2t.word(20), 0, 0, true, new byte[512]);
            initiator.sendBytes(broken(initiator.bytes(answer)));
            rejected(initiator, answer);
            assertEquals("0b4705", initiator.finish(asked, new byte[0]).last().sense());
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 1024), rig.disk.at(5 * 512, 1024));
            initiator.sendBytes(broken(initiator.bytes(initiator.nopOut(new byte[12]))));
            assertEquals(WirePdu.REJECT, initiator.receive().opcode());
            initiator.ping();
        }
    }

    private static byte[] broken(byte[] bytes) {
        bytes[bytes.length - 1] ^= 1;
        return bytes;
    }

    private static void rejected(RawInitiator initiator, WirePdu pdu) {
        WirePdu reject = initiator.receive();
        assertEquals(WirePdu.REJECT, reject.opcode());
        assertEquals(2, reject.octet(2));
        assertArrayEquals(pdu.header().array(), reject.data());
    }

    @Test
    void aWrongDigestOfDataAtTheGateIsNotForgotten() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session("DataDigest=CRC32C");
            rig.disk.arrived.drainPermits();
            rig.disk.block();
            initiator.send(initiator.write(100, 1).with(new byte[512]));
            rig.disk.awaitArrivals(1);
            initiator.send(initiator.taskManagement(5, 0, WirePdu.NO_TAG));
            initiator.ping();
            WirePdu gated = initiator.write(5, 1).with(new byte[512]);
            initiator.sendBytes(broken(initiator.bytes(gated)));
            rejected(initiator, gated);
            rig.disk.unblock();
            assertEquals(WirePdu.TASK_MANAGEMENT_RESPONSE, initiator.receive().opcode());
            initiator.expectSilence(50);
            assertArrayEquals(ScriptedDisk.pattern(5 * 512, 512), rig.disk.at(5 * 512, 512));
        }
    }

    @Test
    void whatIsNoRequestIsRejected() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            for (int opcode : new int[] {0x03, 0x07, 0x10, 0x1C, 0x1F, 0x20, 0x21, 0x25, 0x31, 0x3F}) {
                WirePdu pdu = WirePdu.of(opcode, 0x80).word(16, 5).with(new byte[40]);
                WirePdu reject = initiator.send(pdu).receive();
                assertEquals(WirePdu.REJECT, reject.opcode(), () -> "%02x: %s".formatted(opcode, reject));
                assertArrayEquals(pdu.header().array(), reject.data());
            }
            initiator.send(initiator.logout(9));
            assertEquals(WirePdu.REJECT, initiator.receive().opcode());
            initiator.send(initiator.logout(2));
            assertEquals(2, initiator.receive().octet(2), "recovery is not supported");
            assertEquals(0, initiator.run(initiator.testUnitReady()).status());
        }
    }

    @Test
    void aDiscoverySessionTakesNoCommands() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, "");
            assertEquals(
                    WirePdu.REJECT,
                    initiator.send(initiator.testUnitReady()).receive().opcode());
            initiator.cmdSn--;
            assertEquals(
                    WirePdu.REJECT,
                    initiator
                            .send(initiator.taskManagement(5, 0, WirePdu.NO_TAG))
                            .receive()
                            .opcode());
            initiator.ping();
        }
    }

    @Test
    void slowAndSilentLoginsAreCut() throws IOException {
        try (Rig rig = Rig.with(Limit.LOGIN_SECONDS, 1)) {
            RawInitiator silent = rig.connect();
            RawInitiator half = rig.connect();
            half.sendBytes(new byte[] {0x43, 0, 0, 0});
            RawInitiator talker = rig.connect();
            talker.send(talker.loginPdu(
                    0x04, List.of("InitiatorName=" + RawInitiator.NAME, "TargetName=" + RawInitiator.TARGET)));
            talker.receive();
            silent.expectClosed();
            half.expectClosed();
            talker.expectClosed();
        }
    }

    @Test
    void oneAddressHoldsOnlySoManyLogins() throws IOException {
        try (Rig rig = Rig.with(Limit.LOGINS_PER_ADDRESS, 4, Limit.CONNECTIONS, 6)) {
            List<RawInitiator> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(rig.connect());
            }
            Rig.eventually("all are in", () -> rig.target.server().connectionCount() == 4);
            rig.connect().expectClosed();
            // Who is logged in does not count.
            for (int i = 0; i < 4; i++) {
                waiting.get(i).isidQualifier = i;
                waiting.get(i).loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
            }
            rig.connect();
            rig.connect();
            Rig.eventually("all are in", () -> rig.target.server().connectionCount() == 6);
            rig.connect().expectClosed();
            waiting.getFirst().close();
            Rig.eventually("one has left", () -> rig.target.server().connectionCount() == 5);
            rig.connect();
            Rig.eventually("there is room again", () -> rig.target.server().connectionCount() == 6);
        }
    }

    @Test
    void aDiscoverySessionEndsAfterItsTimeAndIsALoginUntilThen() throws IOException {
        try (Rig rig = Rig.with(Limit.DISCOVERY_SECONDS, 3, Limit.LOGINS_PER_ADDRESS, 1)) {
            RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, "");
            rig.connect().expectClosed();
            assertEquals(WirePdu.ASYNC_MESSAGE, initiator.receive().opcode());
            initiator.expectClosed();
            Rig.eventually("it is gone", () -> rig.target.server().connectionCount() == 0);
            rig.connect().loggedIn(RawInitiator.NAME, RawInitiator.TARGET);
        }
    }

    @Test
    void textsWithoutEndAreRefused() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.connect().loggedIn(RawInitiator.NAME, "");
            int tag = initiator.tag();
            int transferTag = WirePdu.NO_TAG;
            WirePdu answer = null;
            for (int i = 0; i < 100; i++) {
                WirePdu text = WirePdu.of(WirePdu.TEXT, 0x40)
                        .word(16, tag)
                        .word(20, transferTag)
                        .word(24, initiator.cmdSn++)
                        .with(new byte[8192]);
                answer = initiator.send(text).receive();
                if (answer.opcode() != WirePdu.TEXT_RESPONSE) {
                    break;
                }
                transferTag = answer.word(20);
            }
            assertEquals(WirePdu.REJECT, answer.opcode());
            WirePdu all =
                    initiator.send(initiator.textRequest("SendTargets=All")).receive();
            assertEquals(WirePdu.TEXT_RESPONSE, all.opcode());
        }
    }

    /** A conversation with everything in it; what the target answers, as bytes. */
    private static byte[] conversation(Rig rig, Random cuts, int cutBytesMax) {
        RawInitiator initiator = rig.connect();
        initiator.loggedIn(
                RawInitiator.NAME, RawInitiator.TARGET, "HeaderDigest=CRC32C", "DataDigest=CRC32C", "InitialR2T=No");
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        int answers = 0;
        for (int i = 0; i < 3; i++) {
            sent.writeBytes(initiator.bytes(initiator.testUnitReady()));
            sent.writeBytes(initiator.bytes(initiator.nopOut(ScriptedDisk.pattern(i, 13))));
            sent.writeBytes(initiator.bytes(initiator.read(7, 3)));
            WirePdu write = initiator.command(0, 0x21, 1024, RawInitiator.cdb10(0x2A, 9, 2));
            sent.writeBytes(initiator.bytes(write.with(new byte[510]).withAdditional(new byte[20])));
            sent.writeBytes(initiator.bytes(
                    initiator.dataOut(write.initiatorTaskTag(), WirePdu.NO_TAG, 0, 510, true, new byte[514])));
            sent.writeBytes(initiator.bytes(initiator.textRequest("X-a=" + i)));
            sent.writeBytes(initiator.bytes(WirePdu.of(0x1F, 0x80).with(new byte[7])));
            answers += 6;
        }
        byte[] all = sent.toByteArray();
        for (int at = 0; at < all.length; ) {
            int bytes = Math.min(all.length - at, 1 + (cutBytesMax == 1 ? 0 : cuts.nextInt(cutBytesMax)));
            initiator.sendBytes(Arrays.copyOfRange(all, at, at + bytes));
            at += bytes;
        }
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            WirePdu pdu = initiator.receive();
            // Disk threads answer when they are done: numbers that depend on it are left out.
            pdu.word(24, 0).word(28, 0).word(32, 0);
            heard.add(java.util.HexFormat.of().formatHex(pdu.header().array())
                    + java.util.HexFormat.of().formatHex(pdu.data()).replaceFirst("^(1f|9f).*", "$1"));
        }
        heard.sort(null);
        initiator.close();
        return String.join("\n", heard).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void cutsInTheStreamChangeNothing() throws IOException {
        try (Rig rig = Rig.standard()) {
            RawInitiator first = rig.session();
            first.close();
            conversation(rig, new Random(0), 1 << 20);
            String whole = new String(conversation(rig, new Random(0), 1 << 20));
            assertTrue(whole.length() > 1000);
            assertEquals(whole, new String(conversation(rig, new Random(0), 1)));
            for (long seed = 1; seed < 15; seed++) {
                long shown = seed;
                assertEquals(
                        whole,
                        new String(conversation(rig, new Random(seed), seed % 2 == 0 ? 100 : 700)),
                        () -> "seed " + shown);
            }
        }
    }
}
