package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes of disk files that are being made larger or smaller, durable before the file is touched. A note has the name of
 * the disk's uuid and two lines: the size before, and the size to be, both in bytes.
 *
 * <p>At the start, and when the disk is brought online, the inventory decides: a disk that has the smaller of the two
 * there gets its file cut to that. Of a growth nobody was told of the new size then; a shrink changes the file when the
 * inventory says so. A disk that has the larger one has a file of it: that was grown before the inventory said so, or
 * was not touched yet.
 */
final class UnfinishedGrowths {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedGrowths.class);

    /** What a format may keep behind the bytes of a disk. */
    private static final long TAIL_BYTES_MAX = 512;

    private final DiskNotes notes;
    private final StoreProvider stores;
    private final DiskFormats formats;

    UnfinishedGrowths(Path stateDirectory, DurableFiles files, StoreProvider stores, DiskFormats formats) {
        this.notes = new DiskNotes(stateDirectory.resolve("growing"), files);
        this.stores = stores;
        this.formats = formats;
    }

    /** The file of this disk may have either size from now on, or be between them. */
    void note(DiskRecord disk, long toBytes) {
        try {
            notes.write(disk.identity().uuid(), Long.toString(disk.sizeBytes()), Long.toString(toBytes));
        } catch (IOException e) {
            throw Errors.ofSaving(notes.directory(), e);
        }
    }

    /** The file is what the inventory says: the note has done its service. */
    void finished(UUID uuid) {
        notes.finished(uuid);
    }

    /** Takes back what a crash has left. Before the disks are opened, under the lock of the state directory. */
    void settle(Inventory inventory) throws IOException {
        for (Path note : notes.all()) {
            settle(note, inventory);
        }
    }

    /** The same for one disk, which is offline. */
    void settle(DiskRecord disk, Inventory inventory) throws IOException {
        Path note = notes.of(disk.identity().uuid());
        if (Files.exists(note)) {
            settle(note, inventory);
        }
    }

    private void settle(Path note, Inventory inventory) throws IOException {
        String name = String.valueOf(note.getFileName());
        List<String> lines = Files.readAllLines(note);
        // What never became a note, or is about a disk that is gone, says nothing about any file.
        for (DiskRecord disk : inventory.disks()) {
            if (disk.identity().uuid().toString().equals(name) && isAbout(disk, lines)) {
                try {
                    cutBack(disk, Long.parseLong(lines.getFirst()), Long.parseLong(lines.getLast()));
                } catch (IOException e) {
                    // One file must not keep all other disks from their hosts; this one is offline, and says why.
                    DiskEvent.SIZE_NOT_SETTLED.log(LOG, disk.name(), disk.file(), Causes.of(e));
                    return;
                }
            }
        }
        Files.delete(note);
    }

    /** True of a disk whose file may be longer than it is for the disk's size: the smaller one of the two. */
    private static boolean isAbout(DiskRecord disk, List<String> lines) {
        if (lines.size() != 2) {
            return false;
        }
        long fromBytes = Long.parseLong(lines.getFirst());
        long toBytes = Long.parseLong(lines.getLast());
        return disk.sizeBytes() == Math.min(fromBytes, toBytes);
    }

    private void cutBack(DiskRecord disk, long fromBytes, long toBytes) throws IOException {
        DiskFormat format = formats.byName(disk.format())
                .orElseThrow(() -> new DiskFormatException("the format '%s' is not known".formatted(disk.format())));
        if (fromBytes > toBytes && !ImageKind.isFlat(disk)) {
            cutMap(disk, format);
            return;
        }
        try (BackingStore store = stores.open(Path.of(disk.file()), false)) {
            if (ImageKind.isFlat(disk) && store.sizeBytes() > Math.max(fromBytes, toBytes) + TAIL_BYTES_MAX) {
                throw new DiskFormatException(
                        "%s is longer than it was to be; it is another file".formatted(disk.file()));
            }
            format.settle(store, disk.sizeBytes());
        }
        DiskEvent.SIZE_KEPT.log(LOG, disk.name(), disk.sizeBytes());
    }

    /** The map of the disk is as large as before; what is cut off was seen to be nothing before the note was made. */
    private void cutMap(DiskRecord disk, DiskFormat format) throws IOException {
        BackingStore store = stores.open(Path.of(disk.file()), false);
        VirtualDisk open;
        try {
            open = format.open(store);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
        try (open) {
            if (open.info().sizeBytes() > disk.sizeBytes()) {
                open.shrink(disk.sizeBytes());
                DiskEvent.SIZE_CUT.log(LOG, disk.name(), disk.sizeBytes());
            }
        }
    }
}
