package dev.kume.protocol.isns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * A whole iSNSP message: the payloads of its PDUs, joined.
 *
 * @param function      what is asked or answered
 * @param flags         {@link IsnsHeader#REPLACE} and who sends it; where it begins and ends is added by {@link #pdus}
 * @param transactionId the same in a request and its answer
 * @param payload       a multiple of 4 bytes
 */
record IsnsMessage(int function, int flags, int transactionId, ByteBuffer payload) {
    /** The most that a PDU holds: a multiple of 4 in a field of 16 bits. */
    static final int SEGMENT_BYTES = 65_532;

    IsnsMessage {
        payload = payload.asReadOnlyBuffer();
    }

    /** The message in PDUs, as many as it takes (RFC 4171 section 5.1.6). */
    ByteBuf pdus() {
        int segments = Math.max(1, Math.ceilDiv(payload.remaining(), SEGMENT_BYTES));
        ByteBuf out = Unpooled.buffer(segments * IsnsHeader.BYTES + payload.remaining());
        for (int sequenceId = 0; sequenceId < segments; sequenceId++) {
            int from = sequenceId * SEGMENT_BYTES;
            int bytes = Math.min(SEGMENT_BYTES, payload.remaining() - from);
            int first = sequenceId == 0 ? IsnsHeader.FIRST : 0;
            int last = sequenceId == segments - 1 ? IsnsHeader.LAST : 0;
            new IsnsHeader(function, bytes, flags | first | last, transactionId, sequenceId).write(out);
            out.writeBytes(payload.slice(payload.position() + from, bytes));
        }
        return out;
    }
}
