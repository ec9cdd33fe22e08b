package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskType;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the known metadata items say of a disk ([MS-VHDX] 2.6.2).
 *
 * @param blockBytes           of a payload block, a power of two of 1 to 256 MB
 * @param leaveBlocksAllocated true for a fixed disk
 * @param hasParent            true for a differencing one
 * @param sizeBytes            the size an initiator sees, at most 64 TB
 * @param diskId               the identity of the disk
 * @param logicalBytes         of a sector, 512 or 4096
 * @param physicalBytes        of a sector, 512 or 4096
 * @param locator              where the parent is, null where there is none
 */
record DiskParameters(
        int blockBytes,
        boolean leaveBlocksAllocated,
        boolean hasParent,
        long sizeBytes,
        UUID diskId,
        int logicalBytes,
        int physicalBytes,
        @Nullable ParentLocator locator) {
    /** 64 TB. */
    static final long SIZE_BYTES_MAX = 64L << 40;

    static final int BLOCK_BYTES_MIN = 1 << 20;
    static final int BLOCK_BYTES_MAX = 256 << 20;
    static final int SECTOR_BYTES_SMALL = 512;
    static final int SECTOR_BYTES_LARGE = 4096;

    static final int FILE_PARAMETERS_BYTES = 8;
    static final int FLAGS = 4;
    static final int LEAVE_BLOCKS_ALLOCATED = 1;
    static final int HAS_PARENT = 2;

    static DiskParameters read(BackingStore store, MetadataTable table) throws IOException {
        ByteBuffer file = table.require(store, MetadataItem.FILE_PARAMETERS, FILE_PARAMETERS_BYTES);
        int flags = file.getInt(FLAGS);
        if ((flags & ~(LEAVE_BLOCKS_ALLOCATED | HAS_PARENT)) != 0) {
            throw Bytes.damaged(store, "File Parameters: reserved bits are set, %08X".formatted(flags));
        }
        boolean hasParent = (flags & HAS_PARENT) != 0;
        DiskParameters parameters = new DiskParameters(
                file.getInt(0),
                (flags & LEAVE_BLOCKS_ALLOCATED) != 0,
                hasParent,
                table.require(store, MetadataItem.VIRTUAL_DISK_SIZE, Long.BYTES).getLong(0),
                Guid.get(table.require(store, MetadataItem.VIRTUAL_DISK_ID, Guid.BYTES), 0),
                table.require(store, MetadataItem.LOGICAL_SECTOR_SIZE, Integer.BYTES)
                        .getInt(0),
                table.require(store, MetadataItem.PHYSICAL_SECTOR_SIZE, Integer.BYTES)
                        .getInt(0),
                hasParent ? ParentLocator.parse(store, table.require(store, MetadataItem.PARENT_LOCATOR)) : null);
        parameters.check(store);
        return parameters;
    }

    static boolean isBlockSize(long bytes) {
        return bytes >= BLOCK_BYTES_MIN && bytes <= BLOCK_BYTES_MAX && Long.bitCount(bytes) == 1;
    }

    static boolean isSectorSize(int bytes) {
        return bytes == SECTOR_BYTES_SMALL || bytes == SECTOR_BYTES_LARGE;
    }

    private void check(BackingStore store) throws DiskFormatException {
        if (!isBlockSize(blockBytes)) {
            throw Bytes.damaged(
                    store,
                    "File Parameters: the block size %s is no power of two from 1 MB to 256 MB"
                            .formatted(Integer.toUnsignedString(blockBytes)));
        }
        checkSector(store, "Logical Sector Size", logicalBytes);
        checkSector(store, "Physical Sector Size", physicalBytes);
        if (sizeBytes <= 0 || sizeBytes > SIZE_BYTES_MAX || sizeBytes % logicalBytes != 0) {
            throw Bytes.damaged(
                    store,
                    "Virtual Disk Size: %s bytes are not a multiple of the sector of %d bytes, at most 64 TB"
                            .formatted(Long.toUnsignedString(sizeBytes), logicalBytes));
        }
    }

    private static void checkSector(BackingStore store, String field, int bytes) throws DiskFormatException {
        if (!isSectorSize(bytes)) {
            throw Bytes.damaged(
                    store, "%s: %s is neither 512 nor 4096".formatted(field, Integer.toUnsignedString(bytes)));
        }
    }

    DiskType type() {
        if (hasParent) {
            return DiskType.DIFFERENCING;
        }
        return leaveBlocksAllocated ? DiskType.FIXED : DiskType.DYNAMIC;
    }

    DiskParameters withSizeBytes(long changed) {
        return new DiskParameters(
                blockBytes, leaveBlocksAllocated, hasParent, changed, diskId, logicalBytes, physicalBytes, locator);
    }
}
