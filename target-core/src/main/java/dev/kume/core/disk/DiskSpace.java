package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.HostSpace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a thin disk takes, and what is left where it takes it from.
 *
 * @param usedBytes  space that the disk has
 * @param freeBytes  what it, and everybody else in that file system, may still take
 * @param totalBytes all of that file system
 */
public record DiskSpace(long usedBytes, long freeBytes, long totalBytes) {
    /** What a disk in this store takes and may take; null where the host does not tell. Waits for a device. */
    public static @Nullable DiskSpace of(BackingStore store) throws IOException {
        HostSpace host = store.hostSpace();
        return host == null ? null : new DiskSpace(store.allocatedBytes(), host.freeBytes(), host.totalBytes());
    }

    /** So many percent of the file system. */
    public long percentBytes(int percent) {
        return totalBytes / 100 * percent;
    }
}
