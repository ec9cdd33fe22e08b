package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;

/**
 * A range of logical blocks, as a CDB says it.
 *
 * @param lba    first block; negative where the CDB says 2^63 or more
 * @param blocks number of blocks
 */
record BlockRange(long lba, long blocks) {
    /** True when the range ends on the unit; sums that overflow do not. */
    boolean isOn(BlockGeometry geometry) {
        return geometry.contains(lba, blocks);
    }

    boolean isEmpty() {
        return blocks == 0;
    }

    /** Only of a range that is on the unit. */
    long offsetBytes(BlockGeometry geometry) {
        return lba << geometry.blockShift();
    }

    /** Never overflows: a CDB holds at most 2^32 blocks. */
    long lengthBytes(BlockGeometry geometry) {
        return blocks << geometry.blockShift();
    }

    /** The range to the end of the unit where the CDB says 0 blocks, as SYNCHRONIZE CACHE and PRE-FETCH mean it. */
    BlockRange zeroMeansToTheEnd(BlockGeometry geometry) {
        return isEmpty() ? new BlockRange(lba, geometry.blocks() - lba) : this;
    }
}
