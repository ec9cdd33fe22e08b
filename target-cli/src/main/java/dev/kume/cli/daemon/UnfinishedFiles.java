package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.MapNotes;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes of files that are being made or removed, durable before the file is touched, so that a crash leaves no
 * half-made disk and no orphan. A note has the name of the disk's uuid and two lines: where the file is, and where it
 * is to be.
 *
 * <p>At the start the inventory decides: a disk it has gets its file moved into place, the file of another is removed.
 */
final class UnfinishedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedFiles.class);

    private final DiskNotes notes;
    private final DurableFiles files;
    private final StoreProvider stores;

    UnfinishedFiles(Path stateDirectory, DurableFiles files, StoreProvider stores) {
        this.notes = new DiskNotes(stateDirectory.resolve("unfinished"), files);
        this.files = files;
        this.stores = stores;
    }

    /** Where a new file is while it is being made: beside its place, under a name that nobody else has. */
    static Path workingName(Path file, UUID uuid) {
        return file.resolveSibling(file.getFileName() + "." + uuid + ".unfinished");
    }

    /**
     * The file at {@code present} belongs at {@code place} when the inventory has the disk, and nowhere when it has
     * not.
     */
    void note(UUID uuid, Path present, Path place) throws IOException {
        notes.write(uuid, present.toString(), place.toString());
    }

    /** A file becomes a disk's: a removal of it that failed before must not be tried again. */
    void keep(Path file) throws IOException {
        boolean forgotten = false;
        for (Path note : notes.all()) {
            forgotten |= isAbout(file, note) && Files.deleteIfExists(note);
        }
        if (forgotten) {
            files.syncDirectory(notes.directory());
        }
    }

    private static boolean isAbout(Path file, Path note) throws IOException {
        try {
            List<String> lines = Files.readAllLines(note);
            return !lines.isEmpty() && lines.getFirst().equals(file.toString());
        } catch (NoSuchFileException e) {
            return false; // Another disk has been finished meanwhile.
        }
    }

    /** The disk is finished, or its file is gone: the note has done its service. */
    void finished(UUID uuid) {
        notes.finished(uuid);
    }

    /** Finishes or undoes what a crash has left. Only under the lock of the state directory. */
    void settle(Inventory inventory) throws IOException {
        for (Path note : notes.all()) {
            settle(note, inventory);
        }
    }

    private void settle(Path note, Inventory inventory) throws IOException {
        String name = String.valueOf(note.getFileName());
        List<String> lines = Files.readAllLines(note);
        if (name.endsWith(".new") || lines.size() != 2) {
            Files.delete(note); // Never became a note: the crash came before the file was touched.
            return;
        }
        Path present = Path.of(lines.getFirst());
        Path place = Path.of(lines.getLast());
        boolean known = inventory.disks().stream()
                .map(DiskRecord::identity)
                .anyMatch(identity -> identity.uuid().toString().equals(name));
        if (known && !present.equals(place) && exists(present) && !exists(place)) {
            DiskEvent.FILE_MOVED.log(LOG, present, place);
            stores.rename(present, place);
        } else if (!known && exists(present) && belongsToDisk(present, inventory)) {
            DiskEvent.FILE_KEPT.log(LOG, present);
        } else if (!known && exists(present)) {
            DiskEvent.UNFINISHED_REMOVED.log(LOG, present);
            try {
                remove(present);
            } catch (IOException e) {
                // One file that stays must not keep all other disks from their hosts.
                DiskEvent.UNFINISHED_STAYS.log(LOG, present, Causes.of(e));
                return;
            }
        }
        Files.delete(note);
    }

    /** True when a disk, or a snapshot of one, lies in this file, by whatever path the inventory knows it. */
    private static boolean belongsToDisk(Path file, Inventory inventory) throws IOException {
        for (DiskRecord disk : inventory.disks()) {
            if (isSame(Path.of(disk.file()), file)) {
                return true;
            }
            for (SnapshotRecord snapshot : disk.layers().snapshots()) {
                if (isSame(Path.of(snapshot.file()), file)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        return one.equals(other) || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    }

    /** Removes a file that may be gone already, with what a crash may have left beside it. */
    void remove(Path file) throws IOException {
        MapNotes.remove(stores, file);
        try {
            stores.remove(file);
        } catch (NoSuchFileException e) {
            DiskEvent.FILE_WAS_GONE.log(LOG, file);
        }
    }

    static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
