package dev.kume.core.disk.block;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes over the data of a block in the file: what has space there is read step by step, what has none is zeroes and is
 * passed over. Confined to one thread: it has its own memory.
 */
final class SlotData {
    private static final int STEP_BYTES = 1 << 20;

    private final BackingStore store;
    private final ByteBuffer buffer;

    SlotData(BackingStore store, long blockBytes) {
        this.store = store;
        this.buffer = ByteBuffer.allocateDirect((int) Math.min(STEP_BYTES, blockBytes));
    }

    /** Gets what is there, in order. */
    @FunctionalInterface
    interface Pieces {
        /**
         * Bytes that have space.
         *
         * @param inBlock where they are in the block
         * @return false to look no further
         */
        boolean data(long inBlock, ByteBuffer bytes) throws IOException;

        /** Zeroes that have none. */
        default void hole(long inBlock, long lengthBytes) throws IOException {}
    }

    /**
     * Tells the pieces of a range of the block.
     *
     * @param dataBytes where the block's data begins in the file
     * @return false when {@code pieces} has ended it
     */
    boolean tell(long dataBytes, long fromInBlock, long toInBlock, Pieces pieces) throws IOException {
        for (long at = fromInBlock; at < toInBlock; ) {
            Extent extent = store.extentAt(dataBytes + at, toInBlock - at);
            if (!extent.allocated()) {
                pieces.hole(at, extent.lengthBytes());
                at += extent.lengthBytes();
                continue;
            }
            int step = (int) Math.min(buffer.capacity(), extent.lengthBytes());
            store.read(dataBytes + at, buffer.clear().limit(step));
            if (!pieces.data(at, buffer.flip())) {
                return false;
            }
            at += step;
        }
        return true;
    }
}
