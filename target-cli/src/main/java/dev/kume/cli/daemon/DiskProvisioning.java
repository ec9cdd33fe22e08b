package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Creates, imports and changes disks: the file and the inventory as one. Any thread; each call waits its
 * turn.
 */
final class DiskProvisioning {
    private final Settings settings;
    private final Changes changes;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;
    private final DiskPlanning planning;
    private final DiskImporting importing;

    DiskProvisioning(
            Settings settings,
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
            DiskPlaces places,
            UnfinishedFiles unfinished,
            StoreProvider stores,
            DiskFormats formats,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.changes = changes;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.places = places;
        this.unfinished = unfinished;
        this.stores = stores;
        this.planning = new DiskPlanning(settings, changes, shelf, places, formats, clock, random);
        this.importing = new DiskImporting(
                settings, changes, exports, shelf, places, unfinished, stores, formats, clock, random);
    }

    // ---- create -----------------------------------------------------------------------------------------------------

    /** Checks the request, takes the name, and begins to make the file. */
    OperationView create(DiskCreate request) {
        return changes.inTurn(() -> {
            DiskPlanning.Plan plan = planning.plan(request);
            return make(
                    "disk create",
                    plan.disk(),
                    (disk, working, progress) ->
                            new DiskFiles(stores).make(working, plan.format(), plan.options(progress)));
        });
    }

    /** Makes the file of a new disk, under another name first. */
    @FunctionalInterface
    interface Maker {
        void make(DiskRecord disk, Path working, DiskFormat.Progress progress) throws IOException;
    }

    /**
     * Takes the name of a disk that may be made, and begins to make its file. In turn.
     *
     * @param kind of the operation
     */
    OperationView make(String kind, DiskRecord disk, Maker maker) {
        Path file = Path.of(disk.file());
        places.take(disk.name(), file);
        try {
            return operations.start(kind, disk.name(), progress -> make(disk, maker, progress));
        } catch (RuntimeException e) {
            places.free(file);
            throw e;
        }
    }

    /** On an operation's thread. */
    private void make(DiskRecord disk, Maker maker, DiskFormat.Progress progress) {
        Path file = Path.of(disk.file());
        UUID uuid = disk.identity().uuid();
        Path working = UnfinishedFiles.workingName(file, uuid);
        String doing = doing("created", disk.name());
        try {
            progress.at(0, disk.sizeBytes());
            unfinished.keep(file);
            unfinished.note(uuid, working, file);
            maker.make(disk, working, progress);
            remember(disk);
            changes.inTurn(() -> finish(disk, working, file));
        } catch (java.io.InterruptedIOException e) {
            removeLeftovers(disk, working);
            throw new java.util.concurrent.CancellationException("cancelled");
        } catch (IOException e) {
            removeLeftovers(disk, working);
            throw Errors.ofFile(file, doing, e);
        } catch (RuntimeException e) {
            removeLeftovers(disk, working);
            throw e;
        } finally {
            changes.inTurn(() -> {
                places.free(file);
                return disk;
            });
            unfinished.finished(uuid);
        }
    }

    /**
     * The file is whole: the inventory first, then the file's name. A crash in between is settled at the next start.
     */
    private Inventory finish(DiskRecord disk, Path working, Path file) throws IOException {
        changes.save(inventory -> Disks.add(inventory, disk, settings.limits()));
        try {
            if (UnfinishedFiles.exists(file)) {
                throw Errors.existing(file, doing("created", disk.name()));
            }
            stores.rename(working, file);
        } catch (IOException | RuntimeException e) {
            changes.save(inventory -> Disks.remove(inventory, disk.name()));
            throw e;
        }
        exports.add(shelf.open(disk));
        return changes.apply(inventory -> inventory);
    }

    private void removeLeftovers(DiskRecord disk, Path working) {
        if (!isKnown(disk)) {
            shelf.memories().remove(disk);
        }
        try {
            if (UnfinishedFiles.exists(working)) {
                stores.remove(working);
            }
        } catch (IOException e) {
            throw Errors.ofFile(working, "an unfinished file could not be removed", e);
        }
    }

    private boolean isKnown(DiskRecord disk) {
        return changes.current().findDisk(disk.identity().uuid()) != null;
    }

    // ---- import -----------------------------------------------------------------------------------------------------

    /** An existing file becomes a disk where it lies. */
    DiskRecord importFile(DiskImport request) {
        return importing.importFile(request);
    }

    private void remember(DiskRecord disk) {
        try {
            shelf.memories().create(disk);
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
    }

    // ---- change -----------------------------------------------------------------------------------------------------

    /** Changes what the request has. */
    DiskRecord set(String name, DiskSet request) {
        if (request.equals(new DiskSet(null, null, null, null, null, null, null))) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "nothing is to be changed",
                    "give rename, sharing, description, writeCache, rotation, vendor or product");
        }
        DiskProfile.Changes profile = DiskRequests.profile(request);
        Sharing sharing = request.sharing() == null ? null : Sharing.ofWord(request.sharing());
        return changes.inTurn(() -> {
            String newName = request.rename() == null ? name : request.rename();
            places.checkNotTaken(newName, null);
            boolean writeCacheStays = Objects.equals(
                    request.writeCache(), changes.current().disk(name).profile().writeCache());
            if (sharing != null && sharing != Sharing.READ_ONLY) {
                // Only what the rules let: a disk that shows a snapshot stays as it is.
                Disks.share(changes.current(), name, sharing, exports.connections());
                shelf.writable(changes.current().disk(name));
            }
            Inventory changed = changes.apply(inventory -> {
                Inventory next = Disks.present(inventory, name, profile, exports.connections());
                if (sharing != null) {
                    next = Disks.share(next, name, sharing, exports.connections());
                }
                if (request.description() != null) {
                    next = Disks.describe(next, name, request.description());
                }
                return request.rename() == null ? next : Disks.rename(next, name, newName);
            });
            if (writeCacheStays) {
                // Nothing has changed here; but an initiator may have switched it by MODE SELECT.
                exports.writeCache(changed.disk(newName));
            }
            return changed.disk(newName);
        });
    }

    private static String doing(String done, String name) {
        return "disk '%s' is not %s".formatted(name, done);
    }
}
