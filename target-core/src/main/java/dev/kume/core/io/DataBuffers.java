package dev.kume.core.io;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct buffers for data on its way between a network and a disk, in a few sizes. Confined to its event loop.
 *
 * <p>What is free is kept up to a bound, so that steady work allocates nothing and a burst leaves nothing behind.
 */
public final class DataBuffers {
    private static final int[] SIZES_BYTES = {4_096, 16_384, 65_536, 262_144, 1_048_576};
    private static final long KEPT_BYTES_PER_SIZE = 1_048_576;

    private final ArrayDeque<ByteBuffer>[] free;

    @SuppressWarnings({"unchecked", "rawtypes"})
    public DataBuffers() {
        free = new ArrayDeque[SIZES_BYTES.length];
        for (int i = 0; i < free.length; i++) {
            free[i] = new ArrayDeque<>();
        }
    }

    /** A cleared buffer with limit {@code bytes}; its capacity may be larger. Content is undefined. */
    public ByteBuffer take(int bytes) {
        int size = sizeIndex(bytes);
        ByteBuffer buffer = size < 0 ? null : free[size].pollLast();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(size < 0 ? bytes : SIZES_BYTES[size]);
        }
        buffer.clear().limit(bytes);
        return buffer;
    }

    /** Gives a buffer back that {@link #take} handed out, and that nobody uses any more. */
    public void give(ByteBuffer buffer) {
        int size = sizeIndex(buffer.capacity());
        if (size < 0 || SIZES_BYTES[size] != buffer.capacity()) {
            return;
        }
        if ((long) free[size].size() * buffer.capacity() < KEPT_BYTES_PER_SIZE) {
            free[size].addLast(buffer);
        }
    }

    /** What a buffer of {@code bytes} really takes. */
    public static int capacityFor(int bytes) {
        int size = sizeIndex(bytes);
        return size < 0 ? bytes : SIZES_BYTES[size];
    }

    private static int sizeIndex(int bytes) {
        for (int i = 0; i < SIZES_BYTES.length; i++) {
            if (bytes <= SIZES_BYTES[i]) {
                return i;
            }
        }
        return -1;
    }
}
