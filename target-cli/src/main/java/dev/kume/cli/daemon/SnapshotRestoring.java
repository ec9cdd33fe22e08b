package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Snapshots;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes disks again what they were when a snapshot was taken: an empty child of the snapshot's file, or a copy of it,
 * takes the place of the disk's file. Hosts that know what is on a disk must not find something else under them: it is
 * refused while one holds the disk, and the others hear that the medium has changed.
 */
final class SnapshotRestoring {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRestoring.class);

    private static final String DIFFERENCING = "differencing";

    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final SnapshotFiles files;

    SnapshotRestoring(Changes changes, Exports exports, DiskShelf shelf, DiskWork work, SnapshotFiles files) {
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.work = work;
        this.files = files;
    }

    /** Checks that nobody holds the disk, and begins. */
    OperationView restore(String diskName, String name) {
        return changes.inTurn(() -> {
            Snapshots.Found found = Snapshots.checkRestore(changes.current(), diskName, name);
            DiskRecord disk = found.disk();
            work.checkIdle(disk);
            shelf.stack(disk);
            checkNobodyHolds(disk);
            return work.start(disk, "restored", "snapshot restore", progress -> restore(found, progress));
        });
    }

    // ---- who holds it -----------------------------------------------------------------------------------------------

    private void checkNobodyHolds(DiskRecord disk) {
        Inventory inventory = changes.current();
        UnitState state = exports.unitState(disk);
        if (state != null) {
            String holders = holders(new ReservationFacts(inventory, exports.sessions()).view(disk.name(), state));
            if (holders != null) {
                throw new ApiException(
                        ErrorCode.BUSY,
                        "disk '%s' is not restored: %s".formatted(disk.name(), holders),
                        "take it out of the cluster first; 'kume reservation show %s' tells more"
                                .formatted(disk.name()));
            }
        }
        Connected connected = Connected.to(inventory, disk, exports.connections());
        if (connected != null) {
            throw new ApiException(
                    ErrorCode.BUSY,
                    "disk '%s' is not restored: it is %s".formatted(disk.name(), connected),
                    "log off there, or unmap it with 'kume unmap %s %s' first"
                            .formatted(disk.name(), connected.mapping().target()));
        }
    }

    private static @Nullable String holders(ReservationView view) {
        ReservationView.Held held = view.reservation();
        if (held != null) {
            return "%s holds a reservation of it (%s)".formatted(held.holder().initiator(), held.type());
        }
        if (view.reservedBy() != null) {
            return "%s holds it by RESERVE".formatted(view.reservedBy().initiator());
        }
        Set<String> registered = new LinkedHashSet<>();
        view.registrations().forEach(each -> registered.add(each.nexus().initiator()));
        return registered.isEmpty() ? null : "%s is registered with it".formatted(String.join(", ", registered));
    }

    // ---- the work ---------------------------------------------------------------------------------------------------

    /** On an operation's thread; the disk is this work's. */
    private void restore(Snapshots.Found found, DiskFormat.Progress progress) throws IOException {
        DiskRecord disk = found.disk();
        SnapshotFiles.Place place = files.placeBeside(disk.file());
        UUID note = place.id();
        Path file = place.file();
        boolean restored = false;
        boolean unknown = false;
        progress.at(0, 1);
        files.note(note, file);
        try {
            make(found, note, file);
            progress.at(0, 1);
            changes.inTurn(() -> exchange(found, file));
            restored = true;
            DiskEvent.RESTORED.log(LOG, disk.name(), found.snapshot().created());
        } catch (ApiException e) {
            unknown = e.getSuppressed().length > 0;
            throw e;
        } catch (IOException e) {
            throw Errors.ofFile(file, "disk '%s' is not restored".formatted(disk.name()), e);
        } finally {
            if (restored) {
                files.finished(note);
            } else if (!unknown) {
                files.removeOrLeave(note, file);
            }
        }
    }

    private void make(Snapshots.Found found, UUID note, Path file) throws IOException {
        DiskRecord disk = found.disk();
        Path snapshot = Path.of(found.snapshot().file());
        if (Snapshots.areCopies(disk)) {
            copy(disk, snapshot, note, file);
            return;
        }
        try (Chain parent =
                shelf.chains().open(snapshot, shelf.stack(disk).chain().format(), true)) {
            files.makeChild(file, parent, found.snapshot().sizeBytes(), files.newId());
        }
    }

    private void copy(DiskRecord disk, Path snapshot, UUID note, Path file) throws IOException {
        try (Chain source =
                shelf.chains().open(snapshot, shelf.stack(disk).chain().format(), disk.sparse())) {
            files.copy(note, file, source.store(), disk);
        }
    }

    /** In turn. */
    private Inventory exchange(Snapshots.Found found, Path file) throws IOException {
        DiskRecord disk = found.disk();
        UUID uuid = disk.identity().uuid();
        checkNobodyHolds(disk);
        UUID note = files.newId();
        Path old = Path.of(disk.file());
        files.note(note, old);
        String reason = "it is being restored";
        exports.offline(disk, reason);
        shelf.takeOffline(disk, reason);
        boolean copies = Snapshots.areCopies(disk);
        Inventory next;
        try {
            next = changes.save(inventory -> Snapshots.restore(
                    inventory,
                    uuid,
                    found.snapshot().name(),
                    file.toString(),
                    copies ? disk.type() : DIFFERENCING,
                    copies ? disk.sparse() : true));
        } catch (RuntimeException e) {
            files.finished(note);
            online(disk);
            throw e;
        }
        DiskRecord restored = next.disk(uuid);
        changes.apply(inventory -> inventory);
        online(restored);
        files.removeOrLeave(note, old);
        return next;
    }

    private void online(DiskRecord disk) {
        OpenDisk opened = shelf.reopen(disk);
        if (opened.offlineReason() != null) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "disk '%s' is offline: %s".formatted(disk.name(), opened.offlineReason()),
                    "look after the file and run 'kume disk online %s'".formatted(disk.name()));
        }
        exports.online(opened);
    }
}
