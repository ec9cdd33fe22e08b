package dev.kume.protocol.login;

import static dev.kume.protocol.login.TestInitiator.shown;
import static dev.kume.protocol.login.TestInitiator.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.protocol.login.TextResult.Answer;
import dev.kume.protocol.login.TextResult.Rejected;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.TextRequestPdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TextExchangeTest {
    private static final String NODE1 = "iqn.2026-11.dev.kume:hv-node1";
    private static final String NODE2 = "iqn.2026-11.dev.kume:hv-node2";

    private final List<DiscoveredTarget> targets = new ArrayList<>(List.of(
            new DiscoveredTarget(NODE1, List.of(address("192.168.10.1"), address("fe80::1"))),
            new DiscoveredTarget(NODE2, List.of(address("192.168.10.1")))));
    private final TextExchange discovery = exchange(SessionType.DISCOVERY, 8_192);
    private final TextExchange normal = exchange(SessionType.NORMAL, 8_192);
    private final ByteBuf pdu = Unpooled.buffer();
    private final TextRequestPdu header = new TextRequestPdu();
    private int initiatorTaskTag = 1;

    @Test
    void allTargetsInADiscoverySession() {
        assertLast(
                "TargetName=" + NODE1 + "|TargetAddress=192.168.10.1:3260,1|"
                        + "TargetAddress=[fe80:0:0:0:0:0:0:1]:3260,1|"
                        + "TargetName=" + NODE2 + "|TargetAddress=192.168.10.1:3260,1|",
                send(discovery, "SendTargets=All"));
    }

    @Test
    void oneTargetByNameInAnyCase() {
        String expected = "TargetName=" + NODE2 + "|TargetAddress=192.168.10.1:3260,1|";
        assertLast(expected, send(discovery, "SendTargets=IQN.2026-11.dev.kume:HV-NODE2"));
        assertLast("", send(discovery, "SendTargets=iqn.2026-11.dev.kume:none"));
    }

    @Test
    void normalSessionShowsItsOwnTargetOnly() {
        String own = "TargetName=" + NODE1 + "|TargetAddress=192.168.10.1:3260,1|"
                + "TargetAddress=[fe80:0:0:0:0:0:0:1]:3260,1|";
        assertLast(own, send(normal, "SendTargets="));
        assertLast(own, send(normal, "SendTargets=" + NODE1));
        assertLast("", send(normal, "SendTargets=" + NODE2));
        assertLast("SendTargets=Reject|", send(normal, "SendTargets=All"));
        assertLast("SendTargets=Reject|", send(discovery, "SendTargets="));
    }

    @Test
    void listIsAskedAnewEachTime() {
        targets.clear();
        assertLast("", send(discovery, "SendTargets=All"));
    }

    @Test
    void longListIsFetchedInParts() {
        for (int i = 0; i < 200; i++) {
            String name = "iqn.2026-11.dev.kume:target-%03d".formatted(i);
            targets.add(new DiscoveredTarget(name, List.of(address("10.0.0." + i))));
        }
        TextExchange whole = exchange(SessionType.DISCOVERY, 262_144);
        byte[] expected = assertInstanceOf(Answer.class, send(whole, "SendTargets=All"))
                .text()
                .toBytes();
        assertTrue(expected.length > 8_192);

        ByteArrayOutputStream got = new ByteArrayOutputStream();
        Answer part = assertInstanceOf(Answer.class, send(discovery, "SendTargets=All"));
        int tag = PduHeader.NO_TAG;
        while (part.continues()) {
            assertEquals(8_192, part.text().lengthBytes());
            assertNotEquals(PduHeader.NO_TAG, part.targetTransferTag());
            assertNotEquals(tag, part.targetTransferTag());
            tag = part.targetTransferTag();
            got.writeBytes(part.text().toBytes());
            part = assertInstanceOf(Answer.class, send(discovery, true, false, tag, new byte[0]));
        }
        got.writeBytes(part.text().toBytes());
        assertTrue(part.isFinal());
        assertEquals(PduHeader.NO_TAG, part.targetTransferTag());
        assertArrayEquals(expected, got.toByteArray());
    }

    @Test
    void requestOverSeveralPdus() {
        byte[] first = "SendTar".getBytes(StandardCharsets.US_ASCII);
        Answer more = assertInstanceOf(Answer.class, send(discovery, false, true, PduHeader.NO_TAG, first));
        assertEquals(0, more.text().lengthBytes());
        assertTrue(!more.isFinal() && !more.continues());
        byte[] rest = text("gets=" + NODE2);
        assertLast(
                "TargetName=" + NODE2 + "|TargetAddress=192.168.10.1:3260,1|",
                send(discovery, true, false, more.targetTransferTag(), rest));
    }

    @Test
    void newExchangeTakesThePlaceOfAnOldOne() {
        Answer open = assertInstanceOf(
                Answer.class, send(discovery, false, false, PduHeader.NO_TAG, text("InitiatorAlias=a")));
        assertTrue(!open.isFinal());
        assertInstanceOf(Answer.class, send(discovery, "SendTargets=All"));
        assertRejected(
                RejectReason.INVALID_PDU_FIELD, send(discovery, true, false, open.targetTransferTag(), new byte[0]));
    }

    @Test
    void tagOfAnotherTaskIsRejected() {
        Answer open = assertInstanceOf(
                Answer.class, send(discovery, false, false, PduHeader.NO_TAG, text("InitiatorAlias=a")));
        initiatorTaskTag++;
        assertRejected(
                RejectReason.INVALID_PDU_FIELD, send(discovery, true, false, open.targetTransferTag(), new byte[0]));
    }

    @Test
    void initiatorMayChangeItsSegment() {
        assertLast("", send(normal, "MaxRecvDataSegmentLength=65536", "InitiatorAlias=node1"));
        assertEquals(65_536, normal.initiatorMaxRecvDataSegmentLength());
        assertEquals("node1", normal.initiatorAlias());
        assertLast("MaxRecvDataSegmentLength=Reject|", send(normal, "MaxRecvDataSegmentLength=100"));
        assertEquals(65_536, normal.initiatorMaxRecvDataSegmentLength());
    }

    @Test
    void otherKeysAreRejectedOrNotUnderstood() {
        assertLast(
                "InitialR2T=Reject|X-com.example.key=NotUnderstood|TargetAlias=Reject|AuthMethod=Reject|",
                send(normal, "InitialR2T=No", "X-com.example.key=1", "TargetAlias=me", "AuthMethod=None"));
    }

    @Test
    void brokenTextIsAProtocolError() {
        assertRejected(RejectReason.PROTOCOL_ERROR, send(normal, "noEquals"));
        assertRejected(RejectReason.PROTOCOL_ERROR, send(normal, "SendTargets=", "SendTargets="));
        assertRejected(RejectReason.PROTOCOL_ERROR, send(normal, true, true, PduHeader.NO_TAG, text("SendTargets=")));
    }

    private TextExchange exchange(SessionType type, int segmentBytes) {
        LoginIdentity identity = new LoginIdentity("iqn.1991-05.com.microsoft:hv-node1", 1, type, NODE1);
        return new TextExchange(identity, () -> List.copyOf(targets), segmentBytes, Limits.DEFAULTS);
    }

    private TextResult send(TextExchange exchange, String... pairs) {
        return send(exchange, true, false, PduHeader.NO_TAG, text(pairs));
    }

    private TextResult send(TextExchange exchange, boolean isFinal, boolean continues, int tag, byte[] text) {
        pdu.clear().writeZero(PduHeader.SIZE_BYTES).writeBytes(text);
        header.wrap(pdu, 0)
                .begin()
                .finalBit(isFinal)
                .continueBit(continues)
                .dataSegmentLength(text.length)
                .initiatorTaskTag(initiatorTaskTag)
                .targetTransferTag(tag);
        return exchange.onRequest(header, pdu, PduHeader.SIZE_BYTES, text.length);
    }

    private static void assertLast(String expected, TextResult result) {
        Answer answer = assertInstanceOf(Answer.class, result, result::toString);
        assertEquals(expected, shown(answer.text()));
        assertTrue(answer.isFinal());
        assertTrue(!answer.continues());
        assertEquals(PduHeader.NO_TAG, answer.targetTransferTag());
    }

    private static void assertRejected(int reason, TextResult result) {
        assertEquals(
                reason,
                assertInstanceOf(Rejected.class, result, result::toString).rejectReason());
    }

    private static TargetAddress address(String literal) {
        try {
            return new TargetAddress(InetAddress.getByName(literal), 3260, 1);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
