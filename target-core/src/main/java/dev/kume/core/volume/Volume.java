package dev.kume.core.volume;

/**
 * Something that was found on a disk.
 *
 * @param partition its number, as the host counts; 0 when the disk has no partitions
 */
public record Volume(VolumeKind kind, int partition) {
    /** {@code NTFS on partition 2}. */
    @Override
    public String toString() {
        return partition == 0 ? kind.text() : kind.text() + " on partition " + partition;
    }
}
