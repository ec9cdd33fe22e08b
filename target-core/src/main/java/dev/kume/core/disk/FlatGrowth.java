package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;

/** How the file of a {@link FlatDisk} gets another size: what stands behind the disk's bytes is the format's matter. */
public interface FlatGrowth {
    /** Of files that keep their size. */
    FlatGrowth NONE = new FlatGrowth() {
        @Override
        public void grow(BackingStore store, long fromBytes, long toBytes, boolean sparse, DiskFormat.Progress progress)
                throws IOException {
            throw new DiskFormatException(store.location() + " keeps its size");
        }

        @Override
        public void settle(BackingStore store, long sizeBytes) {}
    };

    /**
     * Makes the file one of a larger disk, durably, with zeroes in the new bytes; existing bytes of the disk stay as
     * they are. A power cut on the way leaves a file that {@link #settle} makes whole.
     *
     * @param fromBytes the size of the disk now
     * @param toBytes   the new size, larger
     * @param sparse    true: space is taken as it is written; false: it is reserved
     * @param progress  told while space is taken; may throw {@link java.io.InterruptedIOException} to cancel
     */
    void grow(BackingStore store, long fromBytes, long toBytes, boolean sparse, DiskFormat.Progress progress)
            throws IOException;

    /**
     * Takes an unfinished or finished growth back: afterwards the file is one of a disk of {@code sizeBytes}, durably,
     * with all bytes of that. May be done again after a power cut in it.
     *
     * @throws DiskFormatException when the file is none that a growth from that size could have left
     */
    void settle(BackingStore store, long sizeBytes) throws IOException;
}
