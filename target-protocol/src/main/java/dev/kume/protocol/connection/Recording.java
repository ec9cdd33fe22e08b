package dev.kume.protocol.connection;

import dev.kume.core.Limits.Limit;
import dev.kume.protocol.pdu.Digests;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.FlightRecorder;
import java.time.Instant;

/** What one connection records of itself, and where that goes. Confined to the connection's loop. */
final class Recording {
    private final Connection connection;
    private final ServerContext server;
    private final Instant since;
    private final FlightRecorder recorder;

    Recording(Connection connection, ServerContext server, LoopContext loop, Instant since) {
        this.connection = connection;
        this.server = server;
        this.since = since;
        this.recorder = new FlightRecorder(loop.clock(), server.limits().getInt(Limit.RECORDED_PDUS));
    }

    /** Hears what comes in and what goes out. */
    FlightRecorder recorder() {
        return recorder;
    }

    /** From now on headers have a digest, or not. */
    void negotiated(boolean headerDigest) {
        recorder.headerDigest(headerDigest ? Digests.SIZE_BYTES : 0);
    }

    /**
     * The connection is about to be closed for an error: its last PDUs are written down, unless too many are already.
     *
     * @return the reason, with the place where they are
     */
    String keep(String why) {
        String file = server.traceDumps().keep(why, connection.inFullFeature(), this::trace);
        return file == null ? why : why + "; its last PDUs are in " + file;
    }

    /** What is recorded now. */
    ConnectionTrace trace() {
        Target target = connection.target();
        return new ConnectionTrace(
                connection.id(),
                since,
                connection.peer(),
                connection.local(),
                connection.initiatorName(),
                target == null ? null : target.name(),
                recorder.seen(),
                recorder.pdus());
    }
}
