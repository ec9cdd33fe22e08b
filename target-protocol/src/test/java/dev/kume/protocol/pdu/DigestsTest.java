package dev.kume.protocol.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The vectors of RFC 7143 appendix A.4, bytes as they go over the wire. */
final class DigestsTest {
    private final Digests digests = new Digests();

    @Test
    void thirtyTwoZeroes() {
        assertEquals("aa36918a", onWire("00".repeat(32)));
    }

    @Test
    void thirtyTwoOnes() {
        assertEquals("43aba862", onWire("ff".repeat(32)));
    }

    @Test
    void thirtyTwoIncrementing() {
        assertEquals("4e79dd46", onWire("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    }

    @Test
    void thirtyTwoDecrementing() {
        assertEquals("5cdb3f11", onWire("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100"));
    }

    @Test
    void readCommandPdu() {
        assertEquals(
                "563a96d9",
                onWire("01c00000000000000000000000000000"
                        + "14000000000004000000001400000018"
                        + "28000000000000000200000000000000"));
    }

    @Test
    void heapDirectAndCompositeBuffersAgree() {
        byte[] bytes = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f1011121314");
        ByteBuf heap = Unpooled.wrappedBuffer(bytes);
        ByteBuf direct = Unpooled.directBuffer().writeZero(5).writeBytes(bytes);
        CompositeByteBuf composite = Unpooled.compositeBuffer();
        composite.addComponents(true, Unpooled.copiedBuffer(bytes, 0, 7), Unpooled.copiedBuffer(bytes, 7, 14));
        int expected = digests.of(heap, 0, bytes.length);
        assertEquals(expected, digests.of(direct, 5, bytes.length));
        assertEquals(expected, digests.of(composite, 0, bytes.length));
        assertEquals(expected, digests.begin().update(ByteBuffer.wrap(bytes)).value());
        direct.release();
        composite.release();
    }

    @Test
    void paddingBelongsToTheDigest() {
        ByteBuf padded = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 0, 0, 0});
        int whole = digests.of(padded, 0, 8);
        assertEquals(
                whole, digests.begin().update(padded, 0, 5).updatePadding(5).value());
        int unpadded = digests.of(padded, 0, 4);
        assertEquals(
                unpadded, digests.begin().update(padded, 0, 4).updatePadding(4).value());
    }

    @Test
    void wrongBitDoesNotMatch() {
        ByteBuf buffer = Unpooled.buffer(12).writeLong(0x0102030405060708L).writeInt(0);
        Digests.write(buffer, 8, digests.of(buffer, 0, 8));
        assertTrue(digests.matches(buffer, 0, 8));
        buffer.setByte(3, 5);
        assertFalse(digests.matches(buffer, 0, 8));
    }

    private String onWire(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        ByteBuf buffer = Unpooled.buffer().writeBytes(bytes).writeInt(0);
        Digests.write(buffer, bytes.length, digests.of(buffer, 0, bytes.length));
        byte[] digest = new byte[Digests.SIZE_BYTES];
        buffer.getBytes(bytes.length, digest);
        return HexFormat.of().formatHex(digest);
    }
}
