package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Removes disks, and their files when asked to. Any thread; each call waits its turn. */
final class DiskRemoval {
    private final Path stateDirectory;
    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final UnfinishedFiles unfinished;

    DiskRemoval(
            Path stateDirectory,
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            DiskWork work,
            UnfinishedFiles unfinished) {
        this.stateDirectory = stateDirectory;
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.work = work;
        this.unfinished = unfinished;
    }

    /**
     * Removes a disk that is mapped nowhere. One that shows a snapshot has no file of its own that could go.
     *
     * @param deleteFile    true: its file goes too, and those of its snapshots
     * @param withSnapshots true: also when it has snapshots
     */
    DiskRecord remove(String name, boolean deleteFile, boolean withSnapshots) {
        return changes.inTurn(() -> removeAll(inventory -> inventory, List.of(name), deleteFile, withSnapshots)
                .getFirst());
    }

    /** Makes a change and removes disks that are mapped nowhere after it, with their files and snapshots. In turn. */
    void removeWith(UnaryOperator<Inventory> change, List<String> names) {
        removeAll(change, names, true, true);
    }

    private List<DiskRecord> removeAll(
            UnaryOperator<Inventory> change, List<String> names, boolean deleteFile, boolean withSnapshots) {
        List<DiskRecord> disks = names.stream().map(changes.current()::disk).toList();
        disks.forEach(work::checkIdle);
        if (deleteFile) {
            disks.forEach(disk -> Disks.checkOwnFile(changes.current(), disk));
        }
        UnaryOperator<Inventory> rule = inventory -> {
            Inventory next = change.apply(inventory);
            for (DiskRecord disk : disks) {
                next = Disks.remove(next, disk.name(), withSnapshots);
            }
            return next;
        };
        // Asked before a note is written: a refusal must leave nothing behind.
        var _ = rule.apply(changes.current());
        Map<UUID, Path> files = new LinkedHashMap<>();
        if (deleteFile) {
            disks.forEach(disk -> files.putAll(filesOf(disk)));
        }
        try {
            for (Map.Entry<UUID, Path> file : files.entrySet()) {
                unfinished.note(file.getKey(), file.getValue(), file.getValue());
            }
        } catch (IOException e) {
            throw Errors.ofSaving(stateDirectory, e);
        }
        try {
            changes.apply(rule);
        } catch (RuntimeException e) {
            files.keySet().forEach(unfinished::finished);
            throw e;
        }
        for (DiskRecord disk : disks) {
            exports.remove(disk);
            shelf.close(disk);
            shelf.memories().remove(disk);
        }
        for (DiskRecord disk : disks) {
            filesOf(disk).forEach((note, file) -> {
                if (files.containsKey(note)) {
                    delete(disk, note, file);
                }
            });
        }
        return disks;
    }

    private static Map<UUID, Path> filesOf(DiskRecord disk) {
        Map<UUID, Path> files = new LinkedHashMap<>();
        files.put(disk.identity().uuid(), Path.of(disk.file()));
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            files.put(snapshot.id(), Path.of(snapshot.file()));
        }
        return files;
    }

    private void delete(DiskRecord disk, UUID note, Path file) {
        try {
            unfinished.remove(file);
            unfinished.finished(note);
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "disk '%s' is removed, but its file %s is not: %s".formatted(disk.name(), file, Causes.of(e)),
                    "remove the file by hand; the daemon tries again at its next start");
        }
    }
}
