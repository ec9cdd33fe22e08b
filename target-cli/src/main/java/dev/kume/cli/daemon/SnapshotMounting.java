package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskClone;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SnapshotMount;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.Clock;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes disks of snapshots, each with an identity of its own: read-only ones in the snapshot's file, and clones that
 * can be written. A clone of a VHD or VHDX is a child of the snapshot's file, and needs it; one of a raw disk shares
 * bytes with it, and needs nothing.
 */
final class SnapshotMounting {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotMounting.class);

    private final Settings settings;
    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskPlaces places;
    private final SnapshotFiles files;
    private final SnapshotTaking taking;
    private final SnapshotRemoval removal;
    private final UnfinishedClones clones;
    private final Clock clock;
    private final RandomGenerator random;

    SnapshotMounting(
            Settings settings,
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            DiskWork work,
            DiskPlaces places,
            SnapshotFiles files,
            SnapshotTaking taking,
            SnapshotRemoval removal,
            UnfinishedClones clones,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.work = work;
        this.places = places;
        this.files = files;
        this.taking = taking;
        this.removal = removal;
        this.clones = clones;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What is wanted.
     *
     * @param file null: beside the disk's
     */
    private record Wanted(
            String name, boolean writable, @Nullable Path file, String description) {}

    /** Makes a disk of a snapshot. */
    OperationView mount(String diskName, String snapshot, SnapshotMount request) {
        boolean writable = Boolean.TRUE.equals(request.writable());
        if (request.file() != null && !writable) {
            throw new ApiException(
                    ErrorCode.INVALID, "a snapshot that is mounted read-only has its own file", "leave 'file' out");
        }
        Wanted wanted = wanted(request.name(), writable, request.file(), request.description());
        return changes.inTurn(() -> {
            DiskRecord disk =
                    Snapshots.checkMount(changes.current(), diskName, snapshot).disk();
            check(disk, wanted);
            return start("snapshot mount", disk, wanted, progress -> mount(disk, snapshot, wanted, progress));
        });
    }

    /** Makes a clone of a disk, by way of a snapshot. */
    OperationView clone(String diskName, DiskClone request) {
        Wanted wanted = wanted(request.name(), true, request.file(), request.description());
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(diskName);
            check(disk, wanted);
            String given = request.snapshot();
            if (given != null) {
                Snapshots.checkMount(changes.current(), diskName, given);
                return start("disk clone", disk, wanted, progress -> mount(disk, given, wanted, progress));
            }
            String taken = Snapshots.nameAt(clock.now(), List.of(disk));
            taking.check(List.of(disk), taken);
            return start("disk clone", disk, wanted, progress -> clone(disk, taken, wanted, progress));
        });
    }

    /** On an operation's thread. Without the clone there is no snapshot of it either, whatever ends this. */
    private void clone(DiskRecord disk, String snapshot, Wanted wanted, DiskFormat.Progress progress)
            throws IOException {
        UUID uuid = disk.identity().uuid();
        clones.note(disk, snapshot, wanted.name());
        try {
            taking.take(List.of(disk), snapshot, "for the clone '%s'".formatted(wanted.name()), progress);
            try {
                mount(disk, snapshot, wanted, progress);
            } catch (IOException | RuntimeException e) {
                discard(uuid, snapshot, e);
                throw e;
            }
        } finally {
            clones.finished(uuid);
        }
    }

    private void discard(UUID uuid, String snapshot, Exception failure) {
        try {
            removal.discard(uuid, snapshot);
        } catch (IOException | RuntimeException e) {
            DiskEvent.FAILED_CLONE_SNAPSHOT_STAYS.log(LOG, snapshot, Causes.of(failure), Causes.of(e));
        }
    }

    private static Wanted wanted(
            @Nullable String name, boolean writable, @Nullable String file, @Nullable String description) {
        return new Wanted(
                Requests.required("name", name),
                writable,
                file == null ? null : Requests.absolutePath(file),
                Objects.requireNonNullElse(description, ""));
    }

    /** In turn. */
    private void check(DiskRecord disk, Wanted wanted) {
        work.checkIdle(disk);
        shelf.stack(disk);
        Path given = wanted.file();
        Path file = given == null ? files.placeBeside(disk.file()).file() : given;
        places.checkNotTaken(wanted.name(), file);
        Disks.checkNew(changes.current(), wanted.name(), file.toString(), settings.limits());
        if (given != null) {
            places.checkFree(given, "disk '%s' is not created".formatted(wanted.name()));
        }
    }

    private OperationView start(String kind, DiskRecord disk, Wanted wanted, Operations.Work steps) {
        Path file = wanted.file() == null ? files.placeBeside(disk.file()).file() : wanted.file();
        places.take(wanted.name(), file);
        return work.start(List.of(disk), "cloned", kind, wanted.name(), steps, () -> places.free(file));
    }

    // ---- the work ---------------------------------------------------------------------------------------------------

    /** On an operation's thread; the disk is this work's. */
    private void mount(DiskRecord disk, String snapshot, Wanted wanted, DiskFormat.Progress progress)
            throws IOException {
        progress.at(0, 1);
        Snapshots.Found found =
                Snapshots.checkMount(changes.current(), name(disk.identity().uuid()), snapshot);
        DiskFormat format = shelf.stack(disk).chain().format();
        Path file = Path.of(found.snapshot().file());
        try (Chain source = shelf.chains().open(file, format, disk.sparse())) {
            if (wanted.writable()) {
                mountWritable(found, source, wanted);
            } else {
                DiskLayers layers = new DiskLayers(
                        List.of(),
                        null,
                        disk.identity().uuid(),
                        found.snapshot().id());
                DiskRecord view = record(
                        found,
                        wanted,
                        file,
                        source.image().type().word(),
                        source.image().sparse(),
                        layers);
                changes.inTurn(() -> add(found, view));
            }
        } catch (IOException e) {
            throw Errors.ofFile(file, "disk '%s' is not created".formatted(wanted.name()), e);
        }
    }

    private String name(UUID uuid) {
        DiskRecord disk = changes.current().findDisk(uuid);
        return disk == null ? "" : disk.name();
    }

    private void mountWritable(Snapshots.Found found, Chain source, Wanted wanted) throws IOException {
        SnapshotFiles.Place place = files.placeBeside(found.disk().file());
        UUID note = place.id();
        Path file = wanted.file() == null ? place.file() : wanted.file();
        boolean copies = Snapshots.areCopies(found.disk());
        DiskLayers layers = copies
                ? DiskLayers.NONE
                : new DiskLayers(
                        List.of(),
                        null,
                        found.disk().identity().uuid(),
                        found.snapshot().id());
        DiskRecord clone = record(
                found,
                wanted,
                file,
                copies ? found.disk().type() : "differencing",
                copies ? found.disk().sparse() : true,
                layers);
        boolean made = false;
        boolean unknown = false;
        files.note(note, file);
        try {
            if (copies) {
                files.copy(note, file, source.store(), found.disk());
            } else {
                files.makeChild(
                        file,
                        source,
                        found.snapshot().sizeBytes(),
                        clone.identity().uuid());
            }
            changes.inTurn(() -> add(found, clone));
            made = true;
        } catch (ApiException e) {
            unknown = e.getSuppressed().length > 0;
            throw e;
        } finally {
            if (made) {
                files.finished(note);
            } else if (!unknown) {
                files.removeOrLeave(note, file);
            }
        }
    }

    private DiskRecord record(
            Snapshots.Found found, Wanted wanted, Path file, String type, boolean sparse, DiskLayers layers) {
        DiskRecord disk = found.disk();
        return new DiskRecord(
                wanted.name(),
                file.toString(),
                disk.format(),
                type,
                found.snapshot().sizeBytes(),
                sparse,
                wanted.writable() ? Sharing.EXCLUSIVE : Sharing.READ_ONLY,
                disk.sectorFormat(),
                disk.profile(),
                wanted.description(),
                changes.current().newIdentity(random),
                clock.now(),
                layers);
    }

    /** In turn. */
    private Inventory add(Snapshots.Found found, DiskRecord disk) {
        try {
            shelf.memories().create(disk);
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
        try {
            changes.save(inventory -> Snapshots.mount(
                    inventory,
                    disk,
                    name(found.disk().identity().uuid()),
                    found.snapshot().name(),
                    settings.limits()));
        } catch (RuntimeException e) {
            shelf.memories().remove(disk);
            throw e;
        }
        exports.add(shelf.open(disk));
        return changes.apply(inventory -> inventory);
    }
}
