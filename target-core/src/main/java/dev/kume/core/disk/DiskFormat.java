package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.UUID;

/** One disk file format. Formats know stores; nothing else in core knows formats. */
public interface DiskFormat {
    /** The name in CLI and inventory: {@code raw}, {@code vhd}. */
    String name();

    /** The largest virtual size the format can hold, and why, for the error text. */
    long maxSizeBytes();

    /** True when the store carries this format's signature (raw never does; it is what is left). */
    boolean probe(BackingStore store) throws IOException;

    /** Opens the disk in {@code store}; the disk owns the store from now on. */
    VirtualDisk open(BackingStore store) throws IOException;

    /**
     * Lays a new disk out in an empty store and flushes it. Fails with one clear {@link DiskFormatException} before
     * anything is written when the size does not fit the format.
     */
    void create(BackingStore store, CreateOptions options) throws IOException;

    /**
     * What a creation needs to know.
     *
     * @param sizeBytes the size an initiator will see, a multiple of 512
     * @param uniqueId  random, for the format's own identity field
     * @param sparse    true: space is taken as it is written; false: reserved at once where the system can
     * @param progress  told from the creating thread; may throw {@link java.io.InterruptedIOException} to cancel
     */
    record CreateOptions(long sizeBytes, UUID uniqueId, boolean sparse, Progress progress) {}

    /** Hears how far long work has come. */
    @FunctionalInterface
    interface Progress {
        Progress NONE = (doneBytes, totalBytes) -> {};

        void at(long doneBytes, long totalBytes) throws IOException;
    }
}
