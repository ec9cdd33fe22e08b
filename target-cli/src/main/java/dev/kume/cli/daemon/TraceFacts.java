package dev.kume.cli.daemon;

import dev.kume.cli.api.TraceView;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.PduFields;
import dev.kume.protocol.trace.RecordedPdu;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A trace of the server as clients of the API see it. */
final class TraceFacts {
    private TraceFacts() {}

    /** @param reason why the connection was closed, or null when it goes on */
    static TraceView view(ConnectionTrace trace, @Nullable String reason, PduFields fields) {
        return new TraceView(
                trace.connectionId(),
                trace.began(),
                ListenAddress.format(trace.peer()),
                ListenAddress.format(trace.local()),
                trace.initiatorName(),
                trace.targetName(),
                reason,
                trace.seen(),
                trace.pdus().stream().map(pdu -> view(pdu, fields)).toList());
    }

    private static TraceView.Pdu view(RecordedPdu pdu, PduFields fields) {
        return new TraceView.Pdu(
                pdu.atNanos(),
                pdu.received() ? TraceView.IN : TraceView.OUT,
                PduFields.name(pdu),
                pdu.broken(),
                PduFields.tag(pdu.bhs().initiatorTaskTag()),
                fields.of(pdu),
                HexFormat.of().formatHex(pdu.header()),
                HexFormat.of().formatHex(pdu.extra()));
    }
}
