package dev.kume.protocol.pdu;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Header and data digests: CRC32C over headers or over data with its padding (RFC 7143 section 13.1). An instance
 * belongs to one event loop.
 *
 * <p>A digest is an int as {@link CRC32C} counts it; on the wire its bytes go out lowest first, which is what the test
 * vectors of RFC 7143 appendix A.4 show. Only {@link #read} and {@link #write} know that.
 */
public final class Digests {
    /** Bytes of a digest on the wire. */
    public static final int SIZE_BYTES = 4;

    private static final int PADDING_MAX_BYTES = 3;
    private static final byte[] PADDING = new byte[PADDING_MAX_BYTES];

    private final CRC32C crc = new CRC32C();

    public Digests() {}

    /** The digest in the wire's byte order at this position. */
    public static int read(ByteBuf buffer, int offsetBytes) {
        return buffer.getIntLE(offsetBytes);
    }

    /** Puts a digest in the wire's byte order at this position. */
    public static void write(ByteBuf buffer, int offsetBytes, int digest) {
        buffer.setIntLE(offsetBytes, digest);
    }

    /** The digest of a range that lies in one buffer, its padding included in {@code lengthBytes}. */
    public int of(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        return begin().update(buffer, offsetBytes, lengthBytes).value();
    }

    /** True when the digest that follows the range on the wire is the digest of the range. */
    public boolean matches(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        return of(buffer, offsetBytes, lengthBytes) == read(buffer, offsetBytes + lengthBytes);
    }

    /** Starts a digest over several ranges. */
    public Digests begin() {
        crc.reset();
        return this;
    }

    /** Goes on with a range of a buffer; its indexes do not move. */
    public Digests update(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        if (lengthBytes == 0) {
            return this;
        }
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + offsetBytes, lengthBytes);
        } else if (buffer.nioBufferCount() == 1) {
            crc.update(buffer.internalNioBuffer(offsetBytes, lengthBytes));
        } else {
            for (ByteBuffer part : buffer.nioBuffers(offsetBytes, lengthBytes)) {
                crc.update(part);
            }
        }
        return this;
    }

    /** Goes on with what remains in {@code part}; its position does not move. */
    public Digests update(ByteBuffer part) {
        int positionBytes = part.position();
        crc.update(part);
        part.position(positionBytes);
        return this;
    }

    /** Goes on with the zeroes that pad a data segment of this length, wherever the wire takes them from. */
    public Digests updatePadding(int dataSegmentLength) {
        crc.update(PADDING, 0, PduHeader.paddedLength(dataSegmentLength) - dataSegmentLength);
        return this;
    }

    /** The digest of all ranges since {@link #begin()}. */
    public int value() {
        return (int) crc.getValue();
    }
}
