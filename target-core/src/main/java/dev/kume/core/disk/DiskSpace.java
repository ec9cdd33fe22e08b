package dev.kume.core.disk;

/**
 * What a thin disk takes, and what is left where it takes it from.
 *
 * @param usedBytes  space that the disk has
 * @param freeBytes  what it, and everybody else in that file system, may still take
 * @param totalBytes all of that file system
 */
public record DiskSpace(long usedBytes, long freeBytes, long totalBytes) {
    /** So many percent of the file system. */
    public long percentBytes(int percent) {
        return totalBytes / 100 * percent;
    }
}
