package dev.kume.protocol.pdu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AdditionalHeadersTest {
    private final AdditionalHeaders headers = new AdditionalHeaders();

    @Test
    void noneIsWellFormed() {
        assertTrue(wrap(""));
        assertEquals(0, headers.extendedCdbBytes());
        assertEquals(0, headers.bidirectionalReadLength());
    }

    @Test
    void bidirectionalReadLength() {
        assertTrue(wrap("0005 02 00 fffe0000"));
        assertEquals(0xfffe0000L, headers.bidirectionalReadLength());
        assertEquals(0, headers.extendedCdbBytes());
    }

    @Test
    void extendedCdbWithPaddingBeforeReadLength() {
        assertTrue(wrap("0007 01 00 a1a2a3a4 a5a60000 0005 02 00 00000200"));
        byte[] cdb = new byte[22];
        headers.copyExtendedCdb(cdb, 16);
        assertEquals(6, headers.extendedCdbBytes());
        assertArrayEquals(HexFormat.of().parseHex("00".repeat(16) + "a1a2a3a4a5a6"), cdb);
        assertEquals(512, headers.bidirectionalReadLength());
    }

    @Test
    void unknownTypeIsPassedOver() {
        assertTrue(wrap("0001 3f 00 0005 02 00 00000200"));
        assertEquals(512, headers.bidirectionalReadLength());
    }

    @Test
    void whatAnEarlierPduHadIsForgotten() {
        assertTrue(wrap("0005 02 00 fffe0000"));
        assertTrue(wrap(""));
        assertEquals(0, headers.bidirectionalReadLength());
    }

    @Test
    void lengthsThatCannotBeAreRefused() {
        assertFalse(wrap("0000 01 00"));
        assertFalse(wrap("0001 01 00"));
        assertFalse(wrap("0009 01 00 00000000"));
        assertFalse(wrap("0004 02 00 00000200"));
        assertFalse(wrap("0005 02 00 00000200 0005 02 00 00000200"));
        assertFalse(wrap("0005 01 00 00000200 0005 01 00 00000200"));
    }

    @Test
    void anyBytesEndInAnAnswer() {
        Random random = new Random(7143);
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = new byte[random.nextInt(64) * 4];
            random.nextBytes(bytes);
            for (int at = 0; at + 1 < bytes.length && random.nextInt(4) != 0; at += 4) {
                bytes[at] = 0;
                bytes[at + 1] &= 15;
            }
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            if (headers.wrap(buffer, 0, bytes.length)) {
                byte[] cdb = new byte[16 + headers.extendedCdbBytes()];
                headers.copyExtendedCdb(cdb, 16);
            }
        }
    }

    private boolean wrap(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(bytes);
        return headers.wrap(buffer, 3, bytes.length);
    }
}
