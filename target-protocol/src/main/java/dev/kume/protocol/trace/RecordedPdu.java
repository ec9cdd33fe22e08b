package dev.kume.protocol.trace;

import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.Unpooled;

/**
 * One PDU as a {@link FlightRecorder} keeps it.
 *
 * @param atNanos  when, in nanoseconds since the connection began
 * @param received true when it came from the initiator
 * @param broken   true when the bytes are not to be trusted: their digest is wrong or their lengths are impossible
 * @param header   the 48 bytes of the basic header segment
 * @param extra    the first additional headers of a SCSI Command or the first sense data of a SCSI Response, else empty
 */
@SuppressWarnings("ArrayRecordComponent") // Made once, read by one, never compared.
public record RecordedPdu(long atNanos, boolean received, boolean broken, byte[] header, byte[] extra) {
    /** A CDB of 32 bytes beside a bidirectional read length, or descriptor sense data with all that Kume puts there. */
    public static final int EXTRA_BYTES_MAX = 32;

    /** @throws IllegalArgumentException when a length is not that of a recorded PDU */
    public RecordedPdu {
        if (header.length != PduHeader.SIZE_BYTES) {
            throw new IllegalArgumentException("a header of %d bytes, not 48".formatted(header.length));
        }
        if (extra.length > EXTRA_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "%d bytes behind the header, more than %d".formatted(extra.length, EXTRA_BYTES_MAX));
        }
    }

    /** The part of the header that every PDU has. */
    public Bhs bhs() {
        return new Bhs().wrap(Unpooled.wrappedBuffer(header), 0);
    }
}
