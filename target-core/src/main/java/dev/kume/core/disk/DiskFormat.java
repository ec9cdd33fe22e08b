package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One disk file format. Formats know stores; nothing else in core knows formats. */
public interface DiskFormat {
    /** Sizes of disks are multiples of this. */
    int SECTOR_BYTES = 512;

    /** The name in CLI and inventory: {@code raw}, {@code vhd}, {@code vhdx}. */
    String name();

    /** The largest virtual size that {@link #create} makes. */
    long maxSizeBytes();

    /** True when the store carries this format's signature (raw never does; it is what is left). */
    boolean probe(BackingStore store) throws IOException;

    /**
     * Reads and checks what the file says about itself; {@link DiskFormatException} when it is damaged or not served.
     */
    DiskImage inspect(BackingStore store) throws IOException;

    /** The types that {@link #create} makes. */
    default Set<DiskType> types() {
        return Set.of(DiskType.FIXED);
    }

    /**
     * Opens the disk in {@code store}; the disk owns the store from now on. When this throws, the caller still owns it.
     * The parent stays the caller's, who closes it after the disk. What a crash has left in the file is put right,
     * unless the store is read-only.
     *
     * @param thin   true when unmapped blocks of a fixed disk shall come back as space; false keeps its space reserved
     * @param parent the disk that {@link DiskImage#parent} names; null where that is null
     */
    VirtualDisk open(BackingStore store, boolean thin, @Nullable VirtualDisk parent) throws IOException;

    /** Opens a disk that has no parent. */
    default VirtualDisk open(BackingStore store, boolean thin) throws IOException {
        return open(store, thin, null);
    }

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
     * Checks the structures of a file that nobody has open, block by block, and mends what can be mended without a loss
     * when {@code repair} is true. A file that is too damaged to be looked at is one
     * {@link DiskReport.Severity#DAMAGE}.
     */
    default DiskReport check(BackingStore store, boolean repair, Progress progress) throws IOException {
        DiskReport.Builder report = new DiskReport.Builder();
        try {
            inspect(store);
        } catch (DiskFormatException damaged) {
            report.add(DiskReport.Severity.DAMAGE, name(), String.valueOf(damaged.getMessage()), false);
        }
        return report.build();
    }

    /** Gives the file of a disk another identity, durably: for a copy of a file. Children of it lose their parent. */
    default void identify(BackingStore store, UUID uniqueId) throws IOException {
        throw new DiskFormatException(
                "%s: files of the format %s carry no identity".formatted(store.location(), name()));
    }

    /** The file names another parent, durably and at once. */
    default void relink(BackingStore store, ParentLink link) throws IOException {
        throw new DiskFormatException("%s: files of the format %s have no parent".formatted(store.location(), name()));
    }

    /**
     * What a creation needs to know.
     *
     * @param sizeBytes  the size an initiator will see, a multiple of the logical sector
     * @param uniqueId   random, for the format's own identity field
     * @param type       one of {@link #types}
     * @param sparse     of a fixed disk. True: space is taken as it is written; false: reserved at once where the
     *                   system can, else the file is filled with zeroes
     * @param blockBytes the unit of the map, 0 for what the format suggests
     * @param sectors    what the file is to say of its sectors, {@link DiskImage.Sectors#UNSAID} for 512 and 4096
     * @param parent     of a differencing disk, else null
     * @param progress   told from the creating thread; may throw {@link java.io.InterruptedIOException} to cancel
     */
    record CreateOptions(
            long sizeBytes,
            UUID uniqueId,
            DiskType type,
            boolean sparse,
            long blockBytes,
            DiskImage.Sectors sectors,
            @Nullable ParentLink parent,
            Progress progress) {
        /** A fixed disk of which nothing special is wanted. */
        public CreateOptions(long sizeBytes, UUID uniqueId, boolean sparse, Progress progress) {
            this(sizeBytes, uniqueId, DiskType.FIXED, sparse, 0, DiskImage.Sectors.UNSAID, null, progress);
        }
    }

    /** Hears how far long work has come. */
    @FunctionalInterface
    interface Progress {
        Progress NONE = (doneBytes, totalBytes) -> {};

        void at(long doneBytes, long totalBytes) throws IOException;
    }
}
