package dev.kume.protocol.connection;

import dev.kume.core.Limits.Limit;
import dev.kume.protocol.pdu.Digests;
import dev.kume.protocol.pdu.PduListener;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.FlightRecorder;
import io.netty.buffer.ByteBuf;
import java.time.Instant;

/**
 * What one connection records of itself: it hears of each header before the connection does. Confined to the
 * connection's loop.
 */
final class Recording implements PduListener {
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

    /** Hears what goes out. */
    FlightRecorder recorder() {
        return recorder;
    }

    /** From now on headers have a digest, or not. */
    void negotiated(boolean headerDigest) {
        recorder.headerDigest(headerDigest ? Digests.SIZE_BYTES : 0);
    }

    @Override
    public void onHeader(ByteBuf buffer, int offsetBytes, int headerBytes, int dataBytes) {
        recorder.received(buffer, offsetBytes);
        connection.onHeader(buffer, offsetBytes, headerBytes, dataBytes);
    }

    @Override
    public void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        connection.onData(buffer, offsetBytes, lengthBytes);
    }

    @Override
    public void onPduEnd(boolean dataDigestRight) {
        connection.onPduEnd(dataDigestRight);
    }

    @Override
    public void onBrokenHeader(ByteBuf buffer, int offsetBytes) {
        recorder.receivedBroken(buffer, offsetBytes);
    }

    @Override
    public void onBroken(String why) {
        connection.onBroken(why);
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
