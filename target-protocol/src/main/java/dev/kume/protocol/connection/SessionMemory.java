package dev.kume.protocol.connection;

import dev.kume.core.io.DataBuffers;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The data buffers of one session's tasks: bounded for the session and for the daemon, and the tasks that wait for one.
 * Confined to the session's loop.
 */
final class SessionMemory {
    private final LoopContext loop;
    private final long dataBytesMax;
    private final Runnable lacking;
    private final ArrayDeque<IscsiTask> waiting = new ArrayDeque<>();
    private long dataBytes;

    /** @param lacking told when a task begins to wait: memory that another session gives back is to be looked for */
    SessionMemory(LoopContext loop, long dataBytesMax, Runnable lacking) {
        this.loop = loop;
        this.dataBytesMax = dataBytesMax;
        this.lacking = lacking;
    }

    /** Parameter lists are small; what is larger is not one. */
    long gatherBytesMax() {
        return 1_048_576;
    }

    /** A buffer for data that we are about to ask for, or null when there is no memory for it now. */
    @Nullable
    ByteBuffer takeInvited(int bytes) {
        int capacity = DataBuffers.capacityFor(bytes);
        if (dataBytes + capacity > dataBytesMax && dataBytes > 0) {
            return null;
        }
        if (!loop.dataOut().tryTake(capacity)) {
            return null;
        }
        dataBytes += capacity;
        return loop.buffers().take(bytes);
    }

    /** A buffer for data that comes whether we like it or not; its bound is the window times FirstBurstLength. */
    ByteBuffer takeUninvited(int bytes) {
        int capacity = DataBuffers.capacityFor(bytes);
        loop.dataOut().take(capacity);
        dataBytes += capacity;
        return loop.buffers().take(bytes);
    }

    void give(ByteBuffer buffer) {
        dataBytes -= buffer.capacity();
        loop.dataOut().give(buffer.capacity());
        loop.buffers().give(buffer);
        retry();
    }

    void await(IscsiTask task) {
        waiting.add(task);
        lacking.run();
    }

    /** Memory was given back, by this session or another: whoever waits tries again, in order. */
    void retry() {
        for (int left = waiting.size(); left > 0; left--) {
            IscsiTask task = waiting.poll();
            if (task == null) {
                return;
            }
            int before = waiting.size();
            task.retryForMemory();
            if (waiting.size() > before) {
                return;
            }
        }
    }

    boolean someoneWaits() {
        return !waiting.isEmpty();
    }

    /** The session ends: its tasks are aborted and wait for nothing. */
    void forgetWaiting() {
        waiting.clear();
    }
}
