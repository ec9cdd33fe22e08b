package dev.kume.protocol.connection;

import dev.kume.protocol.trace.FlightRecorder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends: PDUs laid one after another into a chunk, which goes out in one write. Loop only.
 *
 * <p>A PDU is begun, filled in place and then added; one that is not added never existed.
 */
final class Output {
    /** Data that one connection makes in one turn of its loop, however fast the network takes it. */
    private static final int TURN_BYTES_MAX = 1 << 20;

    private final Channel channel;
    private final LoopContext loop;
    private final FlightRecorder recorder;
    private @Nullable OutputChunk chunk;
    private int filledBytes;
    /** So much of the chunk is in the hands of the network. */
    private int handedBytes;

    private boolean dirty;
    private boolean flushing;
    private int turnBytes;

    Output(Channel channel, LoopContext loop, FlightRecorder recorder) {
        this.channel = channel;
        this.loop = loop;
        this.recorder = recorder;
    }

    /** Makes room for a PDU of {@code bytes} and tells where it starts in {@link #buf()}. */
    int begin(int bytes) {
        if (chunk != null && filledBytes + bytes > chunk.buf.capacity()) {
            // A full chunk leaves now: its bytes are still in the processor's cache.
            flush();
        }
        OutputChunk current = chunk;
        if (current != null && filledBytes + bytes > current.buf.capacity()) {
            assert handedBytes == filledBytes;
            leave(current);
        }
        if (chunk == null) {
            chunk = loop.takeChunk();
        }
        return filledBytes;
    }

    ByteBuf buf() {
        return begun().buf;
    }

    /** A view of {@code bytes} from {@code atBytes} on. It is the chunk's one view: use it before the next call. */
    ByteBuffer view(int atBytes, int bytes) {
        return begun().nio.clear().position(atBytes).limit(atBytes + bytes);
    }

    private OutputChunk begun() {
        return Objects.requireNonNull(chunk, "no PDU was begun");
    }

    /** The PDU that was begun is complete: {@code bytes} long. */
    void add(int bytes) {
        recorder.sent(buf(), filledBytes);
        filledBytes += bytes;
        turnBytes += bytes;
        dirty = true;
    }

    /** True when the network has enough to do, or this turn of the loop has had its share: make no more data now. */
    boolean congested() {
        return !channel.isWritable() || turnIsFull();
    }

    boolean turnIsFull() {
        return turnBytes >= TURN_BYTES_MAX;
    }

    /** True while what the network says is news of our own flush, in the middle of a turn. */
    boolean isFlushing() {
        return flushing;
    }

    void newTurn() {
        turnBytes = 0;
    }

    /** Hands all that was added to the network. Never between the beginning of a PDU and its end. */
    void flush() {
        OutputChunk current = chunk;
        if (current != null && handedBytes < filledBytes) {
            hand(current);
        }
        if (dirty) {
            dirty = false;
            boolean outer = flushing;
            flushing = true;
            try {
                channel.flush();
            } finally {
                flushing = outer;
            }
            loop.reclaimChunks();
        }
        settle();
    }

    /**
     * While the network is slow the next PDUs go behind these ones in the same chunk, so that what waits takes the
     * memory that it has bytes, however small its PDUs are.
     */
    private void hand(OutputChunk current) {
        int from = handedBytes;
        // First our books: what the network does may come back here, by way of the channel's writability.
        handedBytes = filledBytes;
        if (from == 0) {
            current.buf.setIndex(0, handedBytes);
            channel.write(current.buf.retain(), channel.voidPromise());
        } else {
            channel.write(current.buf.retainedSlice(from, handedBytes - from), channel.voidPromise());
        }
    }

    /** A chunk that has been sent is another connection's to use: most connections are idle. */
    private void settle() {
        OutputChunk current = chunk;
        if (current != null && handedBytes == filledBytes && current.buf.refCnt() == 1) {
            leave(current);
        }
    }

    private void leave(OutputChunk current) {
        chunk = null;
        filledBytes = 0;
        handedBytes = 0;
        if (current.buf.refCnt() == 1) {
            loop.giveChunk(current);
        } else {
            loop.lendChunk(current);
        }
    }

    /** The connection is gone: the chunk goes back. */
    void close() {
        OutputChunk current = chunk;
        if (current != null) {
            leave(current);
        }
    }
}
