package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last PDUs of one connection: headers only, never a data segment.
 *
 * @param session   the session's number; of a connection that never logged in, the number it would have had
 * @param began     when the connection was accepted
 * @param address   the initiator's address and port
 * @param portal    the address and port it came in by
 * @param initiator its iSCSI name; null when it has not said it
 * @param targetIqn null before the login and for discovery
 * @param reason    why the connection was closed; null of a session that goes on
 * @param pdusSeen  PDUs in all, in both directions; {@code pdus} are the last of them
 * @param pdus      oldest first
 */
public record TraceView(
        long session,
        Instant began,
        String address,
        String portal,
        @Nullable String initiator,
        @Nullable String targetIqn,
        @Nullable String reason,
        long pdusSeen,
        List<Pdu> pdus) {
    /** From the initiator to the target. */
    public static final String IN = "in";

    /** From the target to the initiator. */
    public static final String OUT = "out";

    public TraceView {
        pdus = Lists.orEmpty(pdus);
    }

    /**
     * One PDU.
     *
     * @param atNanos          nanoseconds since the connection began
     * @param direction        {@link #IN} or {@link #OUT}
     * @param name             its name in RFC 7143
     * @param broken           true when the bytes are no header to be trusted: the stream ended with them
     * @param initiatorTaskTag eight hexadecimal digits
     * @param fields           what the header says, by the names of RFC 7143
     * @param header           the 48 bytes of the basic header segment, in hexadecimal
     * @param extra            additional headers of a SCSI Command or sense data of a SCSI Response, in hexadecimal
     */
    public record Pdu(
            long atNanos,
            String direction,
            String name,
            boolean broken,
            String initiatorTaskTag,
            Map<String, Object> fields,
            String header,
            String extra) {
        public Pdu {
            fields = Lists.orEmpty(fields);
        }
    }
}
