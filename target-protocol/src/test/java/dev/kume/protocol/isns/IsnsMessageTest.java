package dev.kume.protocol.isns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes of RFC 4171 sections 5.1, 5.4 and 5.6.1, both ways. */
final class IsnsMessageTest {
    private static final int BYTES_MAX = 200_000;

    /** An answer to DevAttrQry, transaction 7: entity "box", registration period 600 s. */
    private static final String ANSWER = "0001 8002 0038 4C00 0007 0000" // version, DevAttrQryRsp, 56 bytes, server+F+L
            + "00000000" // status: successful
            + "00000001 00000004 626F7800" // message key: entity identifier
            + "00000000 00000000" // delimiter
            + "00000001 00000004 626F7800" // operating attributes: entity identifier
            + "00000006 00000004 00000258" // registration period
            + "00000010 00000000"; // a portal address that it has no value for

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static IsnsProtocolException refused(String hex) {
        return assertThrows(IsnsProtocolException.class, () -> {
            IsnsMessage message = new IsnsReader(BYTES_MAX).next(bytes(hex));
            if (message != null) {
                IsnsAnswer answer = IsnsAnswer.of(message);
                answer.number(IsnsTag.REGISTRATION_PERIOD);
            }
        });
    }

    @Test
    void aRequestHasTheBytesOfTheStandard() {
        ByteBuffer payload = new IsnsAttributes()
                .text(IsnsTag.ISCSI_NAME, "iqn.x")
                .text(IsnsTag.ENTITY_IDENTIFIER, "box")
                .delimiter()
                .number(IsnsTag.REGISTRATION_PERIOD, 600)
                .address(IsnsTag.PORTAL_IP_ADDRESS, InetAddress.ofLiteral("192.168.10.1"))
                .address(IsnsTag.PORTAL_IP_ADDRESS, InetAddress.ofLiteral("fd00::1"))
                .empty(IsnsTag.PG_TAG)
                .payload();
        ByteBuf pdu = new IsnsRequest(IsnsFunction.DEV_ATTR_REG, true, payload)
                .message(0x1234)
                .pdus();
        String expected = "0001 0001 0068 9C00 1234 0000" // version, DevAttrReg, 104 bytes, client+replace+L+F
                + "00000020 00000008 69716E2E 78000000" // iSCSI name, zero-ended and padded
                + "00000001 00000004 626F7800" // entity identifier
                + "00000000 00000000" // delimiter
                + "00000006 00000004 00000258" // registration period
                + "00000010 00000010 00000000 00000000 0000FFFF C0A80A01" // IPv4, mapped
                + "00000010 00000010 FD000000 00000000 00000000 00000001" // IPv6
                + "00000033 00000000"; // portal group tag: none
        assertEquals(ByteBufUtil.hexDump(bytes(expected)), ByteBufUtil.hexDump(pdu));
    }

    @Test
    void anAnswerIsReadWholeAndByteByByte() throws IsnsProtocolException {
        ByteBuf whole = bytes(ANSWER);
        IsnsReader reader = new IsnsReader(BYTES_MAX);
        for (int at = 0; at < whole.writerIndex() - 1; at++) {
            assertNull(reader.next(whole.slice(at, 1)));
        }
        IsnsMessage slow = assertNotNull(reader.next(whole.slice(whole.writerIndex() - 1, 1)));
        IsnsMessage fast = assertNotNull(new IsnsReader(BYTES_MAX).next(whole));
        assertEquals(fast, slow);
        assertEquals(7, fast.transactionId());
        assertEquals(IsnsFunction.DEV_ATTR_QRY.responseCode(), fast.function());
        IsnsAnswer answer = IsnsAnswer.of(fast);
        assertEquals(IsnsStatus.SUCCESSFUL, answer.status());
        assertEquals("box", answer.text(IsnsTag.ENTITY_IDENTIFIER));
        assertEquals(600, answer.number(IsnsTag.REGISTRATION_PERIOD));
        assertNull(answer.number(IsnsTag.PORTAL_PORT));
    }

    private static <T> T assertNotNull(@org.jspecify.annotations.Nullable T value) {
        org.junit.jupiter.api.Assertions.assertNotNull(value);
        return value;
    }

    @Test
    void aLongMessageGoesInSegmentsAndComesBackTheSame() throws IsnsProtocolException {
        byte[] payload = new byte[150_000];
        for (int at = 0; at < payload.length; at++) {
            payload[at] = (byte) (at * 31);
        }
        ByteBuf pdus = new IsnsMessage(1, IsnsHeader.CLIENT, 9, ByteBuffer.wrap(payload)).pdus();
        // Each with its own header: 65,532 + 65,532 + 18,936 bytes; first, middle and last.
        assertEquals("00010001fffc840000090000", ByteBufUtil.hexDump(pdus, 0, 12));
        assertEquals("00010001fffc800000090001", ByteBufUtil.hexDump(pdus, 65_544, 12));
        assertEquals("0001000149f8880000090002", ByteBufUtil.hexDump(pdus, 131_088, 12));
        assertEquals(150_036, pdus.readableBytes());
        IsnsMessage joined = assertNotNull(new IsnsReader(BYTES_MAX).next(pdus));
        byte[] back = new byte[payload.length];
        joined.payload().get(back);
        assertArrayEquals(payload, back);
    }

    @Test
    void twoMessagesInOneReadAreTwo() throws IsnsProtocolException {
        ByteBuf both = Unpooled.wrappedBuffer(bytes(ANSWER), bytes(ANSWER.replace("0007 0000", "0008 0000")));
        IsnsReader reader = new IsnsReader(BYTES_MAX);
        assertEquals(7, assertNotNull(reader.next(both)).transactionId());
        assertEquals(8, assertNotNull(reader.next(both)).transactionId());
        assertNull(reader.next(both));
    }

    @Test
    void aMessageBeyondTheBoundIsRefusedBeforeItHasArrived() {
        ByteBuf pdus = new IsnsMessage(1, IsnsHeader.SERVER, 9, ByteBuffer.allocate(150_000)).pdus();
        ByteBuf beginning = pdus.slice(0, 131_100); // Two segments and the header of the third.
        IsnsProtocolException refused =
                assertThrows(IsnsProtocolException.class, () -> new IsnsReader(140_000).next(beginning));
        assertEquals("sent a message of more than 140000 bytes (isnsAnswerBytes)", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0002 8002 0004 4C00 0007 0000|sent version 2 of iSNSP",
                "4854 5450 2F31 2E31 2034 3030|sent version 18516 of iSNSP",
                "0001 8002 0000 4C00 0007 0000|sent a PDU of 0 bytes",
                "0001 8002 0006 4C00 0007 0000|sent a PDU of 6 bytes, which is no multiple of 4",
                "0001 8002 0004 6C00 0007 0000|signs its messages",
                "0001 8002 0004 4800 0007 0000|sent PDU 0 of a message without the flag of a first PDU",
                "0001 8002 0004 4C00 0007 0001|sent PDU 1 where PDU 0 of a message was due",
                "0001 8002 0004 4400 0007 0000 00000000 0001 8002 0004 4C00 0007 0001|sent PDU 1 of a message with the flag",
                "0001 8002 0004 4400 0007 0000 00000000 0001 8002 0004 4800 0007 0002|sent PDU 2 where PDU 1",
                "0001 8002 0004 4400 0007 0000 00000000 0001 8002 0004 4800 0008 0001|mixed the PDUs of two messages",
                "0001 8002 0004 4400 0007 0000 00000000 0001 8001 0004 4800 0007 0001|mixed the PDUs of two messages",
                "0001 8002 0008 4C00 0007 0000 00000000 00000001|sent half of an attribute",
                "0001 8002 000C 4C00 0007 0000 00000000 00000001 00000004|sent attribute 1 with a length of 4",
                "0001 8002 000C 4C00 0007 0000 00000000 00000001 FFFFFFFC|sent attribute 1 with a length of 4294967292",
                "0001 8002 0010 4C00 0007 0000 00000000 00000001 00000003 61620000|sent attribute 1 with a length of 3",
                "0001 8002 001C 4C00 0007 0000 00000000 00000000 00000000 00000006 00000008 0000000000000001"
                        + "|sent attribute 6 with 8 bytes instead of 4",
            })
    void whatBreaksTheProtocolIsRefused(String hex, String complaint) {
        String message = String.valueOf(refused(hex).getMessage());
        assertTrue(message.startsWith(complaint), message);
    }

    @Test
    void aRefusalIsNotReadBeyondItsStatus() throws IsnsProtocolException {
        IsnsMessage message = new IsnsMessage(
                0x8001,
                IsnsHeader.SERVER,
                1,
                bytes("00000003 DEADBEEF FFFFFFFF").nioBuffer());
        assertEquals(3, IsnsAnswer.of(message).status());
        assertEquals("invalid registration (3)", IsnsStatus.words(3));
        assertEquals("busy (12)", IsnsStatus.words(12));
        assertEquals("a status that RFC 4171 does not have (4294967295)", IsnsStatus.words(-1));
    }
}
