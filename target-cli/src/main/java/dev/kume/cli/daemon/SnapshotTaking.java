package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SnapshotCreate;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentException;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.inventory.Snapshots;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots while initiators use the disks. Files are made first; then all disks stand still at once, the
 * inventory says that they have their snapshots, which is the one moment for all of them, and they go on in their new
 * files. Whatever ends it before that moment leaves none, and after it all.
 */
final class SnapshotTaking {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTaking.class);

    /** Longer, and commands of initiators would begin to time out. */
    private static final Duration STILL_MAX = Duration.ofSeconds(5);

    private final Limits limits;
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final SnapshotFiles files;
    private final Clock clock;

    /** How long writes waited, by the snapshot's id, since the daemon started. */
    private final Map<UUID, Long> waitedMillis = new ConcurrentHashMap<>();

    SnapshotTaking(Limits limits, Changes changes, DiskShelf shelf, DiskWork work, SnapshotFiles files, Clock clock) {
        this.limits = limits;
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
        this.files = files;
        this.clock = clock;
    }

    /** How long writes waited while a snapshot was taken, in milliseconds; null when that is not known any more. */
    @Nullable
    Long waitedMillis(SnapshotRecord snapshot) {
        return waitedMillis.get(snapshot.id());
    }

    // ---- the request ------------------------------------------------------------------------------------------------

    /** Checks the request and begins to make the files. */
    OperationView create(SnapshotCreate request) {
        return changes.inTurn(() -> {
            Collection<DiskRecord> disks = chosen(changes.current(), request);
            String name = request.name() == null ? Snapshots.nameAt(clock.now(), disks) : request.name();
            check(disks, name);
            String description = Objects.requireNonNullElse(request.description(), "");
            return work.start(
                    disks,
                    "snapshotted",
                    "snapshot create",
                    name,
                    progress -> take(disks, name, description, progress),
                    () -> {});
        });
    }

    /** Those that are named; those of a target; those of clusters. What only shows a snapshot has none of its own. */
    private static Collection<DiskRecord> chosen(Inventory inventory, SnapshotCreate request) {
        boolean cluster = Boolean.TRUE.equals(request.cluster());
        Map<UUID, DiskRecord> chosen = new LinkedHashMap<>();
        for (String name : Objects.requireNonNullElse(request.disks(), List.<String>of())) {
            DiskRecord disk = inventory.disk(name);
            chosen.put(disk.identity().uuid(), disk);
        }
        if (request.ofCluster() != null) {
            for (ClusterDisk disk : inventory.cluster(request.ofCluster()).disks()) {
                DiskRecord record = inventory.disk(disk.disk());
                chosen.put(record.identity().uuid(), record);
            }
        }
        if (cluster && request.target() == null && inventory.clusters().size() > 1) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "there are %d clusters".formatted(inventory.clusters().size()),
                    "name the one that is meant (--cluster CLUSTER)");
        }
        if (request.target() != null || cluster) {
            for (DiskRecord disk : candidates(inventory, request.target())) {
                boolean wanted = !cluster || disk.sharing() == Sharing.CLUSTER;
                if (wanted && Snapshots.shownBy(inventory, disk) == null) {
                    chosen.put(disk.identity().uuid(), disk);
                }
            }
            if (chosen.isEmpty()) {
                throw new ApiException(
                        ErrorCode.NOT_FOUND,
                        request.target() == null
                                ? "there is no disk whose sharing is cluster"
                                : "target '%s' maps no such disk".formatted(request.target()),
                        "name the disks");
            }
        }
        return List.copyOf(chosen.values());
    }

    private static Collection<DiskRecord> candidates(Inventory inventory, @Nullable String target) {
        if (target == null) {
            return inventory.disks();
        }
        return inventory.mappingsIn(inventory.target(target)).stream()
                .map(Mapping::disk)
                .map(inventory::disk)
                .toList();
    }

    /** In turn. */
    void check(Collection<DiskRecord> disks, String name) {
        Snapshots.checkTake(changes.current(), disks, name, limits);
        for (DiskRecord disk : disks) {
            work.checkIdle(disk);
            shelf.stack(disk);
        }
    }

    // ---- the work ---------------------------------------------------------------------------------------------------

    /** What is ready for one disk. */
    private static final class Ready {
        private final DiskRecord disk;
        private final DiskStack stack;
        private final UUID note;
        private final Path file;
        private @Nullable Chain child;
        private @Nullable BackingStore copy;

        private Ready(DiskRecord disk, DiskStack stack, UUID note, Path file) {
            this.disk = disk;
            this.stack = stack;
            this.note = note;
            this.file = file;
        }
    }

    /** On an operation's thread; the disks are this work's. */
    void take(Collection<DiskRecord> disks, String name, String description, DiskFormat.Progress progress)
            throws IOException {
        List<Ready> ready = new ArrayList<>();
        boolean taken = false;
        boolean unknown = false;
        try {
            for (DiskRecord disk : disks) {
                progress.at(ready.size(), disks.size());
                prepare(disk, ready);
            }
            for (Ready each : ready) {
                // What is durable already does not have to be while writes wait.
                each.stack.isolated().flush();
            }
            progress.at(ready.size(), disks.size());
            changes.inTurn(() -> commit(ready, name, description));
            taken = true;
        } catch (ApiException e) {
            unknown = e.getSuppressed().length > 0;
            throw e;
        } finally {
            for (Ready each : ready) {
                if (taken) {
                    files.finished(each.note);
                } else {
                    giveUp(each, unknown);
                }
            }
        }
    }

    private void prepare(DiskRecord disk, List<Ready> ready) throws IOException {
        DiskStack stack = shelf.stack(disk);
        SnapshotFiles.Place place = files.placeBeside(disk.file());
        Ready each = new Ready(disk, stack, place.id(), place.file());
        files.note(each.note, each.file);
        ready.add(each);
        try {
            if (Snapshots.areCopies(disk)) {
                each.copy = files.makeCopy(each.note, each.file, stack.chain().store());
                if (each.copy == null) {
                    throw SnapshotFiles.notShared(disk);
                }
            } else {
                makeChild(each);
            }
        } catch (IOException e) {
            throw Errors.ofFile(each.file, "no snapshot of disk '%s' is taken".formatted(disk.name()), e);
        }
    }

    private void makeChild(Ready each) throws IOException {
        Chain parent = each.stack.chain();
        files.makeChild(each.file, parent, each.disk.sizeBytes(), files.newId());
        try {
            each.child = shelf.chains().open(each.file, parent.format(), true);
        } catch (ParentException e) {
            if (e.missing()) {
                throw e;
            }
            // The first write since the parent was opened has come in between, and given it another id: once.
            files.removeNoted(each.file);
            files.makeChild(each.file, parent, each.disk.sizeBytes(), files.newId());
            each.child = shelf.chains().open(each.file, parent.format(), true);
        }
    }

    private void giveUp(Ready each, boolean unknown) {
        try {
            Chain child = each.child;
            if (child != null) {
                child.close();
            }
            BackingStore copy = each.copy;
            if (copy != null) {
                copy.close();
            }
            if (!unknown) {
                files.remove(each.note, each.file);
            }
        } catch (IOException e) {
            DiskEvent.SNAPSHOT_FILE_STAYS.log(LOG, each.file, Causes.of(e));
        }
    }

    // ---- the one moment ---------------------------------------------------------------------------------------------

    /** In turn. */
    private Inventory commit(List<Ready> ready, String name, String description) throws IOException {
        Inventory before = changes.current();
        Snapshots.checkTake(before, ready.stream().map(each -> each.disk).toList(), name, limits);
        Instant now = clock.now();
        List<Snapshots.Taking> takings = new ArrayList<>();
        for (Ready each : ready) {
            takings.add(taking(each, name, description, now));
        }
        List<Chain> old = new ArrayList<>();
        long begin = clock.nanoTime();
        IsolatedDisk busy = IsolatedDisk.aloneAll(
                ready.stream().map(each -> each.stack.isolated()).toList(),
                STILL_MAX,
                clock,
                () -> old.addAll(freeze(ready, takings)));
        long millis = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - begin);
        if (busy != null) {
            throw stillBusy(ready, busy);
        }
        takings.forEach(taking -> waitedMillis.put(taking.snapshot().id(), millis));
        DiskEvent.SNAPSHOT_TAKEN.log(LOG, name, ready.size(), millis);
        for (Chain each : old) {
            close(each);
        }
        for (Ready each : ready) {
            shelf.measureSnapshots(record(changes.current(), each));
        }
        return changes.apply(inventory -> inventory);
    }

    private static Snapshots.Taking taking(Ready each, String name, String description, Instant now) {
        DiskRecord disk = each.disk;
        Chain child = each.child;
        SnapshotRecord snapshot = new SnapshotRecord(
                name,
                each.note,
                child == null ? each.file.toString() : disk.file(),
                null,
                disk.sizeBytes(),
                now,
                description,
                false);
        return child == null
                ? new Snapshots.Taking(disk.identity().uuid(), snapshot, disk.file(), disk.type(), disk.sparse())
                : new Snapshots.Taking(
                        disk.identity().uuid(),
                        snapshot,
                        each.file.toString(),
                        child.image().type().word(),
                        true);
    }

    private static ApiException stillBusy(List<Ready> ready, IsolatedDisk busy) {
        String name = ready.stream()
                .filter(each -> each.stack.isolated() == busy)
                .map(each -> each.disk.name())
                .findFirst()
                .orElse("?");
        return new ApiException(
                ErrorCode.TIMED_OUT,
                "no snapshot is taken: disk '%s' did not stand still within %d seconds"
                        .formatted(name, STILL_MAX.toSeconds()),
                "nothing was changed; try again when its device answers faster");
    }

    /** While nobody else is in any of the disks. */
    private List<Chain> freeze(List<Ready> ready, List<Snapshots.Taking> takings) throws IOException {
        for (Ready each : ready) {
            each.stack.journaled().flush();
            freeze(each);
        }
        Inventory before = changes.current();
        Inventory planned = Snapshots.take(before, takings, limits);
        List<Ready> prepared = new ArrayList<>();
        try {
            for (Ready each : ready) {
                if (each.child != null) {
                    shelf.prepareExchange(record(before, each), record(planned, each));
                    prepared.add(each);
                }
            }
            changes.save(inventory -> Snapshots.take(inventory, takings, limits));
        } catch (IOException | RuntimeException e) {
            for (Ready each : prepared) {
                shelf.prepareExchange(record(planned, each), record(before, each));
            }
            throw e;
        }
        List<Chain> old = new ArrayList<>();
        for (Ready each : ready) {
            Chain child = each.child;
            if (child == null) {
                shelf.changed(record(planned, each));
            } else {
                old.add(shelf.exchange(record(before, each), record(planned, each), child));
                each.child = null;
            }
        }
        return old;
    }

    private static void freeze(Ready each) throws IOException {
        Chain child = each.child;
        BackingStore copy = each.copy;
        if (copy != null) {
            BackingStore source = each.stack.chain().store();
            SnapshotFiles.share(copy, source, each.disk);
            copy.close();
            each.copy = null;
        } else if (child != null && child.disk() instanceof MappedDisk mapped) {
            // The id of a VHDX changes with its first write, the time of a VHD's file with each one.
            DiskImage said = child.image();
            ParentLink now = SnapshotFiles.link(each.file, each.stack.chain());
            if (!now.equals(said.parent()) && differs(now, Objects.requireNonNull(said.parent()))) {
                mapped.relink(now);
            }
        }
    }

    private static boolean differs(ParentLink now, ParentLink said) {
        return !now.contentId().equals(said.contentId())
                || (said.modifiedEpochSecond() != ParentLink.NO_TIME
                        && now.modifiedEpochSecond() != said.modifiedEpochSecond());
    }

    private static DiskRecord record(Inventory inventory, Ready each) {
        return inventory.disk(each.disk.identity().uuid());
    }

    static void close(Chain chain) {
        try {
            chain.close();
        } catch (IOException e) {
            DiskEvent.FILE_NOT_CLOSED.log(LOG, chain.file(), Causes.of(e));
        }
    }
}
