package dev.kume.core.scsi;

/**
 * Blocks of a logical unit, SBC-3 4.4 and 4.5.
 *
 * @param blocks                     number of logical blocks
 * @param blockShift                 log2 of the logical block length in bytes: 9 or 12
 * @param physicalBlockExponent      log2 of logical blocks per physical block: 3 for 512e, 0 for 4Kn
 */
public record BlockGeometry(long blocks, int blockShift, int physicalBlockExponent) {
    /** 512-byte logical blocks on 4096-byte physical blocks. */
    public static BlockGeometry emulated512(long sizeBytes) {
        return new BlockGeometry(sizeBytes >>> 9, 9, 3);
    }

    /** 4096-byte logical and physical blocks; a tail shorter than a block is not reachable. */
    public static BlockGeometry native4k(long sizeBytes) {
        return new BlockGeometry(sizeBytes >>> 12, 12, 0);
    }

    public int blockBytes() {
        return 1 << blockShift;
    }

    public long lastLba() {
        return blocks - 1;
    }

    /** True when {@code count} blocks from {@code lba} on are all on the unit; both are unsigned. */
    public boolean contains(long lba, long count) {
        return lba >= 0 && count >= 0 && count <= blocks && lba <= blocks - count;
    }
}
