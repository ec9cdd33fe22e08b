package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.UUID;

/** One disk file format. Formats know stores; nothing else in core knows formats. */
public interface DiskFormat {
    /** Sizes of disks are multiples of this. */
    int SECTOR_BYTES = 512;

    /** The name in CLI and inventory: {@code raw}, {@code vhd}. */
    String name();

    /** The largest virtual size that {@link #create} makes. */
    long maxSizeBytes();

    /** True when the store carries this format's signature (raw never does; it is what is left). */
    boolean probe(BackingStore store) throws IOException;

    /**
     * Reads and checks what the file says about itself; {@link DiskFormatException} when it is damaged or not served.
     */
    DiskImage inspect(BackingStore store) throws IOException;

    /**
     * Opens the disk in {@code store}; the disk owns the store from now on. When this throws, the caller still owns it.
     *
     * @param thin true when unmapped blocks shall come back as space; false keeps the file's space reserved
     */
    VirtualDisk open(BackingStore store, boolean thin) throws IOException;

    /** Opens a disk that keeps its space. */
    default VirtualDisk open(BackingStore store) throws IOException {
        return open(store, false);
    }

    /**
     * Fails with one clear {@link DiskFormatException} when a disk of this size cannot be made in this format.
     * Creations ask before they make a file.
     */
    default void checkSize(long sizeBytes) throws DiskFormatException {
        if (sizeBytes <= 0 || sizeBytes % SECTOR_BYTES != 0) {
            throw new DiskFormatException("a disk of %d bytes cannot be made; give a multiple of %d bytes, such as 30GB"
                    .formatted(sizeBytes, SECTOR_BYTES));
        }
        if (sizeBytes > maxSizeBytes()) {
            throw new DiskFormatException(
                    "a disk of %d bytes does not fit the %s format, which ends at %d bytes (%d GiB)"
                            .formatted(sizeBytes, name(), maxSizeBytes(), maxSizeBytes() >> 30));
        }
    }

    /**
     * Lays a new disk out in an empty store and flushes it. Fails as {@link #checkSize} does before anything is
     * written. {@link DiskFiles#create} is the way to make a whole file.
     */
    void create(BackingStore store, CreateOptions options) throws IOException;

    /**
     * Takes a growth back that a crash has cut short, or that nobody was told of: see {@link FlatGrowth#settle}.
     *
     * @param sizeBytes the size that the disk had, and has again
     */
    default void settle(BackingStore store, long sizeBytes) throws IOException {
        throw new DiskFormatException("%s: disks of the format %s do not grow".formatted(store.location(), name()));
    }

    /**
     * What a creation needs to know.
     *
     * @param sizeBytes the size an initiator will see, a multiple of 512
     * @param uniqueId  random, for the format's own identity field
     * @param sparse    true: space is taken as it is written; false: reserved at once where the system can, else the
     *                  file is filled with zeroes
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
