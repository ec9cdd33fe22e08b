package dev.kume.protocol.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The additional header segments of a SCSI Command (RFC 7143 section 11.2.2), found in place. Belongs to one event loop
 * and allocates nothing.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    +---------------+---------------+---------------+---------------+
 *   0| AHSLength                     | AHSType       | AHS-Specific  |
 *    +---------------+---------------+---------------+---------------+
 *   4/ AHS-Specific, AHSLength - 1 bytes in all, padded to 4 bytes   /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class AdditionalHeaders {
    static final int AHS_LENGTH = 0;
    static final int AHS_TYPE = 2;
    static final int AHS_DATA = 4;

    static final int EXTENDED_CDB = 1;
    static final int BIDIRECTIONAL_READ_LENGTH = 2;

    /** AHSLength counts from byte 3 on: the byte after the type belongs to the specific part. */
    private static final int UNCOUNTED_BYTES = 3;

    private static final int BIDIRECTIONAL_READ_AHS_LENGTH = 5;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int extendedCdbOffsetBytes;
    private int extendedCdbBytes;
    private long bidirectionalReadLength;

    public AdditionalHeaders() {}

    /**
     * Looks at the additional headers at this position.
     *
     * @param lengthBytes {@link PduHeader#totalAhsBytes()}
     * @return false when a segment has no or a wrong length, leaves the headers' end or comes twice: the PDU is to be
     *     rejected; types of no known meaning are passed over
     */
    public boolean wrap(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        this.buffer = buffer;
        extendedCdbOffsetBytes = offsetBytes;
        extendedCdbBytes = 0;
        bidirectionalReadLength = 0;
        boolean bidirectional = false;
        int at = offsetBytes;
        int end = offsetBytes + lengthBytes;
        while (at < end) {
            int ahsLength = buffer.getUnsignedShort(at + AHS_LENGTH);
            int segmentBytes = PduHeader.paddedLength(ahsLength + UNCOUNTED_BYTES);
            if (ahsLength == 0 || segmentBytes > end - at) {
                return false;
            }
            int type = buffer.getByte(at + AHS_TYPE) & 0x3F;
            if (type == EXTENDED_CDB) {
                if (extendedCdbBytes != 0 || ahsLength == 1) {
                    return false;
                }
                extendedCdbOffsetBytes = at + AHS_DATA;
                extendedCdbBytes = ahsLength - 1;
            } else if (type == BIDIRECTIONAL_READ_LENGTH) {
                if (bidirectional || ahsLength != BIDIRECTIONAL_READ_AHS_LENGTH) {
                    return false;
                }
                bidirectional = true;
                bidirectionalReadLength = buffer.getUnsignedInt(at + AHS_DATA);
            }
            at += segmentBytes;
        }
        return true;
    }

    /** Bytes of the CDB beyond the 16 in the basic header; 0 when there are none. */
    public int extendedCdbBytes() {
        return extendedCdbBytes;
    }

    /** Copies the bytes of the CDB beyond the first 16 to this index of {@code target}. */
    public void copyExtendedCdb(byte[] target, int index) {
        for (int at = 0; at < extendedCdbBytes; at++) {
            target[index + at] = buffer.getByte(extendedCdbOffsetBytes + at);
        }
    }

    /** Bytes the initiator expects to read in a command that also writes; 0 when it does not say. */
    public long bidirectionalReadLength() {
        return bidirectionalReadLength;
    }
}
