package dev.kume.core.io;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;

/**
 * Direct buffers for data on its way between a network and a disk, in a few sizes. Confined to its event loop.
 *
 * <p>What is free is kept up to a bound, so that steady work allocates nothing; the rest of a burst goes back to the
 * system at once. It must not wait for the garbage collector, which has nothing to do here and would run when direct
 * memory is at its limit and not before.
 */
public final class DataBuffers {
    private static final int[] SIZES_BYTES = {4_096, 16_384, 65_536, 262_144, 1_048_576};
    private static final long KEPT_BYTES = 16_777_216;

    private final ArrayDeque<ByteBuffer>[] free;
    private final IdentityHashMap<ByteBuffer, Arena> memory = new IdentityHashMap<>();
    private long freeBytes;

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
            buffer = allocate(capacityFor(bytes));
        } else {
            freeBytes -= buffer.capacity();
        }
        buffer.clear().limit(bytes);
        return buffer;
    }

    @SuppressWarnings("MustBeClosedChecker") // Closed in give, which is the point of this class.
    private ByteBuffer allocate(int capacityBytes) {
        // Shared, because disk threads fill and empty what the loop hands out.
        Arena arena = Arena.ofShared();
        ByteBuffer buffer = arena.allocate(capacityBytes).asByteBuffer();
        memory.put(buffer, arena);
        return buffer;
    }

    /** Gives a buffer back that {@link #take} handed out, and that nobody uses any more. */
    public void give(ByteBuffer buffer) {
        int size = sizeIndex(buffer.capacity());
        boolean pooled = size >= 0 && SIZES_BYTES[size] == buffer.capacity();
        if (pooled && freeBytes + buffer.capacity() <= KEPT_BYTES) {
            freeBytes += buffer.capacity();
            free[size].addLast(buffer);
            return;
        }
        Arena arena = memory.remove(buffer);
        if (arena == null) {
            throw new IllegalArgumentException("a buffer of another pool");
        }
        arena.close();
    }

    /** Frees what nobody has at the moment: the memory is not the collector's. What comes back later is kept again. */
    public void close() {
        for (ArrayDeque<ByteBuffer> buffers : free) {
            for (ByteBuffer buffer : buffers) {
                Arena arena = memory.remove(buffer);
                if (arena != null) {
                    arena.close();
                }
            }
            buffers.clear();
        }
        freeBytes = 0;
    }

    /** All that this pool holds, handed out or free, in bytes. */
    long heldBytes() {
        return memory.keySet().stream().mapToLong(ByteBuffer::capacity).sum();
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
