package dev.kume.core.store.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Memory that one thread's calls use again and again, so that a call allocates nothing. Confined to its thread. */
public final class CallScratch {
    /** What a heap buffer is copied through, a piece at a time. */
    public static final int COPY_BYTES = 64 << 10;

    private static final long IOVEC_BYTES = 16;

    final MemorySegment state;
    final MemorySegment iovec;
    private @Nullable ByteBuffer copy;

    public CallScratch() {
        Arena arena = Arena.ofAuto();
        state = arena.allocate(LinuxCalls.STATE);
        iovec = arena.allocate(IOVEC_BYTES, ValueLayout.JAVA_LONG.byteAlignment());
    }

    /** A direct buffer of {@link #COPY_BYTES}, cleared; its content is whatever the last call left. */
    public ByteBuffer copyBuffer() {
        ByteBuffer buffer = copy;
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(COPY_BYTES);
            copy = buffer;
        }
        return buffer.clear();
    }

    int errno() {
        return state.get(ValueLayout.JAVA_INT, LinuxCalls.ERRNO_OFFSET);
    }
}
