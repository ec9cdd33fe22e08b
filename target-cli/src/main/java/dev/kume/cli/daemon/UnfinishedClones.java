package dev.kume.cli.daemon;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.inventory.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Notes of snapshots that are taken for a clone of a disk, durable before they are taken: when the clone is not made,
 * they go. A note has the name of the disk's uuid and two lines: the snapshot's name, and the clone's.
 */
final class UnfinishedClones {
    private final DiskNotes notes;

    UnfinishedClones(Path stateDirectory, DurableFiles files) {
        this.notes = new DiskNotes(stateDirectory.resolve("cloning"), files);
    }

    /** A snapshot that belongs to nothing. */
    record Left(UUID disk, String snapshot) {}

    /** This snapshot is for the clone alone until {@link #finished}. */
    void note(DiskRecord disk, String snapshot, String clone) {
        try {
            notes.write(disk.identity().uuid(), snapshot, clone);
        } catch (IOException e) {
            throw Errors.ofSaving(notes.directory(), e);
        }
    }

    /** The clone is made, or the snapshot goes. */
    void finished(UUID disk) {
        notes.finished(disk);
    }

    /** The snapshots whose clones a crash has kept from being made. */
    List<Left> left(Inventory inventory) throws IOException {
        List<Left> left = new ArrayList<>();
        for (Path note : notes.all()) {
            List<String> lines = Files.readAllLines(note);
            for (DiskRecord disk : inventory.disks()) {
                UUID uuid = disk.identity().uuid();
                if (uuid.toString().equals(String.valueOf(note.getFileName())) && lines.size() == 2) {
                    SnapshotRecord snapshot = disk.layers().find(lines.getFirst());
                    if (snapshot != null
                            && Snapshots.usersOf(inventory, disk, snapshot).isEmpty()) {
                        left.add(new Left(uuid, snapshot.name()));
                    }
                }
            }
        }
        return left;
    }

    /** All that is left over is being removed. */
    void settled() throws IOException {
        for (Path note : notes.all()) {
            Files.deleteIfExists(note);
        }
    }
}
