package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;

/** How large a VHD can be. */
final class VhdSizes {
    /** The table's entries count sectors of the file in 32 bits; the last number says "unused". */
    private static final long FILE_BYTES_MAX = 0xFFFF_FFFFL * 512;

    /** Head, front and table, and what stands behind the last block: far more than they take. */
    private static final long STRUCTURE_BYTES = 128L << 20;

    private VhdSizes() {}

    static void check(long sizeBytes) throws DiskFormatException {
        if (sizeBytes > VhdFormat.MAX_SIZE_BYTES) {
            throw new DiskFormatException(
                    "a VHD holds at most 2040 GiB (%d bytes), not %d bytes; make it smaller or use the vhdx or raw format"
                            .formatted(VhdFormat.MAX_SIZE_BYTES, sizeBytes));
        }
        if (sizeBytes <= 0 || sizeBytes % DiskFormat.SECTOR_BYTES != 0) {
            throw new DiskFormatException("a disk of %d bytes cannot be made; give a multiple of %d bytes, such as 30GB"
                    .formatted(sizeBytes, DiskFormat.SECTOR_BYTES));
        }
    }

    /** Whether a disk in blocks fits: each block has its bitmap in the file, too. */
    static void check(String location, long sizeBytes, long blockBytes) throws DiskFormatException {
        check(sizeBytes);
        long blocks = Math.ceilDiv(sizeBytes, blockBytes);
        long strideBytes =
                Math.ceilDiv(MappedVhd.bitmapBytes(blockBytes), VhdLayout.ALIGN_BYTES) * (long) VhdLayout.ALIGN_BYTES
                        + blockBytes;
        long mostBlocks = Math.min(DynamicHeader.BLOCKS_MAX, (FILE_BYTES_MAX - STRUCTURE_BYTES) / strideBytes);
        if (blocks > mostBlocks) {
            throw new DiskFormatException(
                    "%s: a VHD in blocks of %d bytes holds at most %d bytes, not %d; choose larger blocks or the vhdx format"
                            .formatted(location, blockBytes, mostBlocks * blockBytes, sizeBytes));
        }
    }
}
