package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;

/**
 * What a disk is, asked at open and after it has grown.
 *
 * @param sizeBytes  the size that an initiator sees
 * @param readOnly   true when no write can succeed
 * @param thin       true when blocks may be unmapped and come back as space
 * @param spaceBytes the unit in which space is taken and given back, from offset 0 on; a power of two
 */
public record DiskInfo(long sizeBytes, boolean readOnly, boolean thin, int spaceBytes) {
    /** A disk on a device of which no more is known. */
    public DiskInfo(long sizeBytes, boolean readOnly, boolean thin) {
        this(sizeBytes, readOnly, thin, BackingStore.DEFAULT_BLOCK_BYTES);
    }

    public DiskInfo withSizeBytes(long changed) {
        return new DiskInfo(changed, readOnly, thin, spaceBytes);
    }

    /** True when the whole range lies on the disk; overflow counts as outside. */
    public boolean contains(long offsetBytes, long lengthBytes) {
        return offsetBytes >= 0 && lengthBytes >= 0 && offsetBytes <= sizeBytes - lengthBytes;
    }
}
