package dev.kume.core.disk;

/**
 * What a disk is, asked at open and after it has grown.
 *
 * @param sizeBytes the size that an initiator sees
 * @param readOnly  true when no write can succeed
 * @param thin      true when blocks may be unmapped and come back as space
 */
public record DiskInfo(long sizeBytes, boolean readOnly, boolean thin) {
    /** True when the whole range lies on the disk; overflow counts as outside. */
    public boolean contains(long offsetBytes, long lengthBytes) {
        return offsetBytes >= 0 && lengthBytes >= 0 && offsetBytes <= sizeBytes - lengthBytes;
    }
}
