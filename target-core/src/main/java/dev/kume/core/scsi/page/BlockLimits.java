package dev.kume.core.scsi.page;

import dev.kume.core.scsi.BlockGeometry;

/** What page B0h says of commands that change many blocks, and what those commands hold themselves to. */
public final class BlockLimits {
    /** MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT. */
    public static final int UNMAP_DESCRIPTORS_MAX = 256;

    private static final long COMPARE_BYTES_MAX = 512 << 10;
    private static final int COMPARE_BLOCKS_MAX = 255;
    private static final long ATOMIC_BYTES_MAX = 1 << 20;
    private static final int ATOMIC_BLOCKS_MAX = 256;

    private BlockLimits() {}

    /** MAXIMUM COMPARE AND WRITE LENGTH, in blocks: the field has one byte, and the data is held in memory twice. */
    public static int compareAndWriteBlocksMax(BlockGeometry geometry) {
        return (int) Math.min(COMPARE_BLOCKS_MAX, COMPARE_BYTES_MAX >>> geometry.blockShift());
    }

    /** MAXIMUM ATOMIC TRANSFER LENGTH, in blocks. */
    public static int atomicBlocksMax(BlockGeometry geometry) {
        return (int) Math.min(ATOMIC_BLOCKS_MAX, ATOMIC_BYTES_MAX >>> geometry.blockShift());
    }
}
