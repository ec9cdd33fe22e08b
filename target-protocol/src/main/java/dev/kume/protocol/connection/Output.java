package dev.kume.protocol.connection;

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
    private final Channel channel;
    private final LoopContext loop;
    private @Nullable OutputChunk chunk;
    private int filledBytes;
    private boolean dirty;

    Output(Channel channel, LoopContext loop) {
        this.channel = channel;
        this.loop = loop;
    }

    /** Makes room for a PDU of {@code bytes} and tells where it starts in {@link #buf()}. */
    int begin(int bytes) {
        OutputChunk current = chunk;
        if (current != null && filledBytes + bytes > current.buf.capacity()) {
            write(current);
            current = null;
        }
        if (current == null) {
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
        filledBytes += bytes;
        dirty = true;
    }

    /** True when the network has enough to do: produce no more until it drains. */
    boolean congested() {
        return !channel.isWritable();
    }

    /** Hands all that was added to the network. */
    void flush() {
        OutputChunk current = chunk;
        if (current != null && filledBytes > 0) {
            write(current);
        }
        if (dirty) {
            dirty = false;
            channel.flush();
            loop.reclaimChunks();
        }
    }

    private void write(OutputChunk full) {
        full.buf.setIndex(0, filledBytes);
        channel.write(full.buf.retain(), channel.voidPromise());
        loop.lendChunk(full);
        chunk = null;
        filledBytes = 0;
        if (dirty) {
            // A full chunk leaves now: its bytes are still in the processor's cache.
            channel.flush();
            loop.reclaimChunks();
        }
    }

    /** The connection is gone: the chunk goes back. */
    void close() {
        OutputChunk current = chunk;
        if (current != null) {
            loop.giveChunk(current);
            chunk = null;
            filledBytes = 0;
        }
    }
}
