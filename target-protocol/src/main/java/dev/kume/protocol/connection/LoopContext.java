package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.io.DataBuffers;
import dev.kume.core.io.LoopPort;
import dev.kume.core.io.MemoryBudget;
import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the connections of one event loop share: its buffers and its list of connections. Confined to that loop. */
public final class LoopContext {
    private static final int CHUNKS_KEPT = 8;

    /** Headers of a PDU at their largest: basic header, additional headers, both digests and padding. */
    private static final int HEADERS_BYTES = PduHeader.SIZE_BYTES + 1_020 + 12;

    private final LoopPort port;
    private final LoopTimer timer;
    private final Clock clock;
    private final Limits limits;
    private final MemoryBudget dataOut;
    private final DataBuffers buffers = new DataBuffers();
    private final int chunkBytes;
    private final ByteBuf receive;
    private final ArrayDeque<OutputChunk> freeChunks = new ArrayDeque<>();
    private final ArrayDeque<OutputChunk> lentChunks = new ArrayDeque<>();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final List<Connection> unflushed = new ArrayList<>();

    public LoopContext(LoopPort port, LoopTimer timer, Clock clock, Limits limits, MemoryBudget dataOut) {
        this.port = port;
        this.timer = timer;
        this.clock = clock;
        this.limits = limits;
        this.dataOut = dataOut;
        int segmentBytes = limits.getInt(Limits.Limit.MAX_RECV_DATA_SEGMENT_BYTES);
        this.chunkBytes = Math.max(segmentBytes, IscsiTask.DATA_IN_BYTES_MAX) + 4 * HEADERS_BYTES;
        this.receive = Unpooled.directBuffer(segmentBytes + HEADERS_BYTES, segmentBytes + HEADERS_BYTES);
        port.afterDrain(this::flushAll);
    }

    LoopPort port() {
        return port;
    }

    /** Runs on the loop. Any thread. */
    public void execute(Runnable action) {
        port.execute(action);
    }

    /** Runs on the loop when the time has passed. Any thread. */
    public void after(long delay, TimeUnit unit, Runnable action) {
        timer.after(delay, unit, action);
    }

    Clock clock() {
        return clock;
    }

    Limits limits() {
        return limits;
    }

    MemoryBudget dataOut() {
        return dataOut;
    }

    DataBuffers buffers() {
        return buffers;
    }

    /** A receive batch begins: the time, which holds for all of it. */
    long turnBegins() {
        port.turnBegins();
        return port.turnNanos(clock);
    }

    void turnEnds() {
        port.turnEnds();
    }

    /** The one receive buffer of this loop, empty. Whoever reads into it is done with it before the next read. */
    ByteBuf receiveBuffer() {
        assert receive.refCnt() == 1 : receive.refCnt();
        return receive.clear().retain();
    }

    int receiveBytes() {
        return receive.capacity();
    }

    // ---- chunks -----------------------------------------------------------------------------------------------------

    OutputChunk takeChunk() {
        OutputChunk chunk = freeChunks.pollLast();
        return chunk != null ? chunk : new OutputChunk(chunkBytes);
    }

    void giveChunk(OutputChunk chunk) {
        if (freeChunks.size() < CHUNKS_KEPT) {
            freeChunks.addLast(chunk);
        } else {
            chunk.buf.release();
        }
    }

    /** A chunk is on its way to the network and comes back when it has been sent. */
    void lendChunk(OutputChunk chunk) {
        lentChunks.addLast(chunk);
    }

    /** Takes chunks back that the network has sent. */
    void reclaimChunks() {
        // Once round the queue: an iterator for each flush would be garbage for each batch of commands.
        for (int left = lentChunks.size(); left > 0; left--) {
            OutputChunk chunk = lentChunks.removeFirst();
            if (chunk.buf.refCnt() == 1) {
                giveChunk(chunk);
            } else {
                lentChunks.addLast(chunk);
            }
        }
    }

    /** Chunks that the network has not sent yet. */
    public int lentChunks() {
        reclaimChunks();
        return lentChunks.size();
    }

    // ---- connections ------------------------------------------------------------------------------------------------

    void add(Connection connection) {
        connections.add(connection);
    }

    /** False when it is not there any more. */
    boolean remove(Connection connection) {
        return connections.remove(connection);
    }

    /** The connections of this loop, to look through on the loop. */
    public List<Connection> connections() {
        assert port.inLoop();
        return List.copyOf(connections);
    }

    /** The connection has output that the end of this turn must flush. */
    void flushLater(Connection connection) {
        unflushed.add(connection);
        if (unflushed.size() == 1 && !port.draining()) {
            port.execute(this::flushAll);
        }
    }

    private void flushAll() {
        for (int i = 0; i < unflushed.size(); i++) {
            Connection connection = unflushed.get(i);
            try {
                connection.endOfTurn();
            } catch (RuntimeException | Error bug) {
                connection.failed(bug);
            }
        }
        unflushed.clear();
    }

    /** Looks at time: called about once a second, on the loop. */
    public void tick() {
        long nowNanos = clock.nanoTime();
        for (Connection connection : connections()) {
            try {
                connection.tick(nowNanos);
            } catch (RuntimeException | Error bug) {
                connection.failed(bug);
            }
        }
        reclaimChunks();
    }

    /** Releases the loop's memory when it has no connection left. */
    public void close() {
        assert port.inLoop();
        reclaimChunks();
        freeChunks.forEach(chunk -> chunk.buf.release());
        freeChunks.clear();
        receive.release();
        buffers.close();
    }
}
