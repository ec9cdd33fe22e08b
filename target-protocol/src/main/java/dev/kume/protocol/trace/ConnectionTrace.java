package dev.kume.protocol.trace;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last PDUs of one connection at one moment. Immutable.
 *
 * @param connectionId  the number that is the session's too, once there is one
 * @param began         when the connection was accepted; the times of the PDUs count from here
 * @param initiatorName null until the initiator has said it
 * @param targetName    null before the login and in a discovery session
 * @param seen          PDUs that the connection has seen in all, in both directions
 * @param pdus          the last of them, oldest first
 */
public record ConnectionTrace(
        long connectionId,
        Instant began,
        InetSocketAddress peer,
        InetSocketAddress local,
        @Nullable String initiatorName,
        @Nullable String targetName,
        long seen,
        List<RecordedPdu> pdus) {
    public ConnectionTrace {
        pdus = List.copyOf(pdus);
    }
}
