package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the files that snapshots, restores and clones need, each noted before it is there. On operation threads. */
final class SnapshotFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);

    /** {@code vm}, maybe {@code .1a2b3c4d} of an earlier snapshot, {@code .vhdx}. */
    private static final Pattern NAME = Pattern.compile("(.+?)(\\.[0-9a-f]{8})?(\\.[^.]+)?");

    private static final int ID_LETTERS = 8;
    private static final long TRIAL_BYTES = 1 << 20;

    private static final long CHILD_BLOCK_BYTES = 2L << 20;
    private static final long CHILD_BLOCK_BYTES_MAX = 256L << 20;

    /** Up to here the map of a child with the smallest blocks is kept: 16 MiB of it, for 4 TiB. */
    private static final long CHILD_BLOCKS_MAX = 2L << 20;

    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;

    private final RandomGenerator random;

    SnapshotFiles(UnfinishedFiles unfinished, StoreProvider stores, RandomGenerator random) {
        this.unfinished = unfinished;
        this.stores = stores;
        this.random = random;
    }

    /**
     * A file that is to be made.
     *
     * @param id   of its note, and of a snapshot that it belongs to: nobody else has it
     * @param file where there is nothing yet
     */
    record Place(UUID id, Path file) {}

    /** A place beside a disk's file. */
    Place placeBeside(String file) {
        Place place;
        do {
            UUID id = newId();
            place = new Place(id, beside(file, id));
        } while (UnfinishedFiles.exists(place.file()));
        return place;
    }

    UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** A name beside a disk's file that no other snapshot has: {@code vm.1a2b3c4d.vhdx}. */
    private static Path beside(String file, UUID id) {
        Path path = Path.of(file);
        Matcher name = NAME.matcher(Objects.requireNonNull(path.getFileName()).toString());
        String letters = id.toString().substring(0, ID_LETTERS);
        if (!name.matches()) {
            throw new IllegalArgumentException(file + " is no file");
        }
        String extension = name.group(3) == null ? "" : name.group(3);
        return path.resolveSibling(name.group(1) + "." + letters + extension);
    }

    /** The file is there until the inventory says that it is needed, or this process forgets it. */
    void note(UUID note, Path file) throws IOException {
        unfinished.note(note, file, file);
    }

    /** A file that a note is about has become a disk's or a snapshot's, or is gone. */
    void finished(UUID note) {
        unfinished.finished(note);
    }

    /** Removes a file of which there is a note, and the note; what stays is for the next start. */
    void remove(UUID note, Path file) throws IOException {
        removeNoted(file);
        unfinished.finished(note);
    }

    /** Removes the file alone: the note is for one that is to be made in its place. */
    void removeNoted(Path file) throws IOException {
        if (UnfinishedFiles.exists(file)) {
            unfinished.remove(file);
        }
    }

    /** The same; what stays is logged. */
    void removeOrLeave(UUID note, Path file) {
        try {
            remove(note, file);
        } catch (IOException e) {
            DiskEvent.SNAPSHOT_FILE_STAYS.log(LOG, file, Causes.of(e));
        }
    }

    // ---- children ---------------------------------------------------------------------------------------------------

    /** Makes an empty child of an open file, durably. There is a note of it. */
    void makeChild(Path file, Chain parent, long sizeBytes, UUID uniqueId) throws IOException {
        DiskImage image = parent.inspect();
        DiskFormat.CreateOptions options = new DiskFormat.CreateOptions(
                sizeBytes,
                uniqueId,
                DiskType.DIFFERENCING,
                true,
                blockBytes(image, sizeBytes),
                image.sectors(),
                link(file, parent, image),
                DiskFormat.Progress.NONE);
        new DiskFiles(stores).make(file, parent.format(), options);
    }

    /**
     * How a child names its parent as that is now.
     *
     * @param child where the child is
     */
    static ParentLink link(Path child, Chain parent) throws IOException {
        return link(child, parent, parent.inspect());
    }

    private static ParentLink link(Path child, Chain parent, DiskImage image) throws IOException {
        Path file = parent.file();
        Path directory = Objects.requireNonNull(child.getParent()).toRealPath();
        UUID id = image.contentId();
        if (id == null) {
            throw new DiskFormatException("%s carries no id that a child could know it by".formatted(file));
        }
        boolean oneRoot = Objects.equals(directory.getRoot(), file.getRoot());
        return new ParentLink(
                id,
                oneRoot ? directory.relativize(file).toString() : "",
                file.toString(),
                Files.getLastModifiedTime(file).toInstant().getEpochSecond());
    }

    /**
     * The first small write into a block takes all of it from the file: with the 32 MiB that a VHDX is made with, each
     * of many snapshots would soon be as large as the disk. With blocks of 2 MiB it is not, and the map is still small,
     * up to 4 TiB; larger disks get larger blocks, so that no child's map takes more than 16 MiB of file and of memory.
     * A parent with smaller blocks has them for a reason. A VHD says itself what its blocks are.
     */
    static long blockBytes(DiskImage parent, long sizeBytes) {
        if (!parent.format().equals("vhdx")) {
            return 0;
        }
        long blockBytes = CHILD_BLOCK_BYTES;
        while (sizeBytes / blockBytes > CHILD_BLOCKS_MAX && blockBytes < CHILD_BLOCK_BYTES_MAX) {
            blockBytes *= 2;
        }
        return parent.blockBytes() == 0 ? blockBytes : Math.min(blockBytes, parent.blockBytes());
    }

    // ---- copies -----------------------------------------------------------------------------------------------------

    /** Makes a file that shares all bytes of another one, durably. There is a note of it. */
    void copy(UUID note, Path file, BackingStore source, DiskRecord disk) throws IOException {
        BackingStore copy = makeCopy(note, file, source);
        if (copy == null) {
            throw notShared(disk);
        }
        try (copy) {
            share(copy, source, disk);
        }
    }

    /** An empty file shares all bytes of another one from now on, durably. */
    static void share(BackingStore copy, BackingStore source, DiskRecord disk) throws IOException {
        if (!copy.reflinkFrom(source, source.sizeBytes())) {
            throw notShared(disk);
        }
        copy.flush();
    }

    static ApiException notShared(DiskRecord disk) {
        return new ApiException(
                ErrorCode.GUARD,
                "disk '%s' is raw, and the file system of %s cannot let two files share their bytes"
                        .formatted(disk.name(), disk.file()),
                "move it to XFS or Btrfs, or convert it with 'kume disk convert %s --format vhdx'"
                        .formatted(disk.name()));
    }

    /**
     * Makes an empty file that can become a copy of another one without a byte being copied, and tries that. There is a
     * note of it. The caller closes it.
     *
     * @return null when the file system cannot; the file is gone again then
     */
    @Nullable
    BackingStore makeCopy(UUID note, Path file, BackingStore source) throws IOException {
        BackingStore copy = stores.create(file);
        boolean shares = false;
        try {
            stores.syncDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            shares = copy.reflinkFrom(source, Math.min(TRIAL_BYTES, source.sizeBytes()));
        } finally {
            if (!shares) {
                copy.close();
                remove(note, file);
            }
        }
        return shares ? copy : null;
    }
}
