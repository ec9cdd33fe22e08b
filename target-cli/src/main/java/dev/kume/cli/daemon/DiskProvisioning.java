package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.StoreProvider;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Creates, imports and changes disks: the file and the inventory as one. Any thread; each call waits its
 * turn.
 */
final class DiskProvisioning {
    private final Settings settings;
    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final StoreProvider stores;
    private final DiskMaking making;
    private final DiskPlanning planning;
    private final DiskImporting importing;

    DiskProvisioning(
            Settings settings,
            Changes changes,
            DiskMaking making,
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
        this.exports = exports;
        this.shelf = shelf;
        this.places = places;
        this.stores = stores;
        this.making = making;
        this.planning = new DiskPlanning(settings, changes, shelf, places, formats, clock, random);
        this.importing = new DiskImporting(
                settings, changes, exports, shelf, places, unfinished, stores, formats, clock, random);
    }

    // ---- create -----------------------------------------------------------------------------------------------------

    /** Checks the request, takes the name, and begins to make the file. */
    OperationView create(DiskCreate request) {
        return changes.inTurn(() -> {
            NewFiles.Wanted wanted = wanted(request);
            return make("disk create", wanted.disk(), wanted.maker());
        });
    }

    /**
     * Takes the name of a disk that may be made, and begins to make its file. In turn.
     *
     * @param kind of the operation
     */
    OperationView make(String kind, DiskRecord disk, NewFiles.Maker maker) {
        return making.start(
                kind,
                disk.name(),
                List.of(new NewFiles.Wanted(disk, maker)),
                inventory -> Disks.add(inventory, disk, settings.limits()));
    }

    /** A disk of a request, checked, and how it is made. In turn. */
    NewFiles.Wanted wanted(DiskCreate request) {
        return NewFiles.Wanted.of(planning.plan(request), stores);
    }

    // ---- import -----------------------------------------------------------------------------------------------------

    /** An existing file becomes a disk where it lies. */
    DiskRecord importFile(DiskImport request) {
        return importing.importFile(request);
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
}
