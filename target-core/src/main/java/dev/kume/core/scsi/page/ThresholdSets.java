package dev.kume.core.scsi.page;

import dev.kume.core.scsi.BlockGeometry;

/** Units of space in which thresholds and resources are told, SBC-3 4.7.3.8: 1 MiB, whatever the block length. */
final class ThresholdSets {
    private static final int SHIFT = 20;
    private static final long COUNT_MAX = 0xFFFF_FFFFL;

    private ThresholdSets() {}

    /** THRESHOLD EXPONENT of page B2h: log2 of the blocks of one set. */
    static int exponent(BlockGeometry geometry) {
        return SHIFT - geometry.blockShift();
    }

    /** So many whole sets, in the four bytes of a count. */
    static int count(long bytes) {
        return (int) Math.min(COUNT_MAX, bytes >>> SHIFT);
    }
}
