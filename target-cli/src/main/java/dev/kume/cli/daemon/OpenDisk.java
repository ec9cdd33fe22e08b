package dev.kume.cli.daemon;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.store.BackingStore;
import org.jspecify.annotations.Nullable;

/**
 * The file of a disk, open, or why it is not.
 *
 * @param record        the disk as it was when it was opened
 * @param store         the file; null when it is offline
 * @param disk          the disk in it; null when it is offline
 * @param offlineReason what is wrong and what to do; null when it is open
 * @param memory        what the disk's unit remembers
 */
record OpenDisk(
        DiskRecord record,
        @Nullable BackingStore store,
        @Nullable VirtualDisk disk,
        @Nullable String offlineReason,
        UnitMemories.Recalled memory) {
    /** A disk that remembers nothing. */
    OpenDisk(
            DiskRecord record,
            @Nullable BackingStore store,
            @Nullable VirtualDisk disk,
            @Nullable String offlineReason) {
        this(record, store, disk, offlineReason, UnitMemories.Recalled.nothing(record));
    }

    OpenDisk with(UnitMemories.Recalled remembered) {
        return new OpenDisk(record, store, disk, offlineReason, remembered);
    }
}
