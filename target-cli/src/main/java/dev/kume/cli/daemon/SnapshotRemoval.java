package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SnapshotRemove;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.Clock;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.inventory.SnapshotRemovals;
import dev.kume.core.inventory.SnapshotRemovals.Drop;
import dev.kume.core.inventory.SnapshotRemovals.MergeDisk;
import dev.kume.core.inventory.SnapshotRemovals.MergeSnapshot;
import dev.kume.core.inventory.SnapshotRemovals.Step;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes snapshots while initiators use the disk. They are marked first, durably: from then on they go, whatever
 * happens. What only a snapshot has is merged into what lies on it; each step can be done again from its beginning, so
 * that a crash at any moment costs no byte, and the next start goes on.
 */
final class SnapshotRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRemoval.class);

    private static final String KIND = "snapshot remove";
    private static final Duration STILL_MAX = Duration.ofSeconds(5);
    private static final int PERCENT = 100;

    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final SnapshotFiles files;
    private final Clock clock;

    /** How far the snapshots are that are being merged, by their ids. */
    private final Map<UUID, Integer> percents = new ConcurrentHashMap<>();

    SnapshotRemoval(Changes changes, DiskShelf shelf, DiskWork work, SnapshotFiles files, Clock clock) {
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
        this.files = files;
        this.clock = clock;
    }

    /** How far the merge of a snapshot is, in percent; null when none is under way. */
    @Nullable
    Integer percent(SnapshotRecord snapshot) {
        return percents.get(snapshot.id());
    }

    // ---- the request ------------------------------------------------------------------------------------------------

    /** Marks the snapshots and begins to remove them, with those that were marked before. */
    OperationView remove(String diskName, SnapshotRemove request) {
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(diskName);
            work.checkIdle(disk);
            shelf.stack(disk);
            List<String> names = Objects.requireNonNullElse(request.names(), List.of());
            if (!names.isEmpty() || !isMarked(disk)) {
                changes.apply(inventory -> SnapshotRemovals.mark(inventory, diskName, names));
                shelf.changed(changes.current().disk(diskName));
            }
            return start(changes.current().disk(diskName));
        });
    }

    private OperationView start(DiskRecord disk) {
        UUID uuid = disk.identity().uuid();
        return work.start(disk, "merged with snapshots", KIND, progress -> run(uuid, progress));
    }

    private static boolean isMarked(DiskRecord disk) {
        return disk.layers().snapshots().stream().anyMatch(SnapshotRecord::removing);
    }

    /** Goes on with what was not finished: by an earlier run of the daemon, or because its disk was offline. */
    void resume() {
        changes.inTurn(() -> {
            for (DiskRecord disk : changes.current().disks()) {
                OpenDisk opened = shelf.find(disk);
                if (isMarked(disk) && opened != null && opened.stack() != null && work.isIdle(disk)) {
                    DiskEvent.SNAPSHOT_REMOVAL_GOES_ON.log(LOG, disk.name());
                    start(disk);
                }
            }
            return changes.current();
        });
    }

    /** Marks what belongs to no clone, and goes: an earlier run of the daemon ended before there was one. */
    void resumeAfter(UnfinishedClones clones) {
        changes.inTurn(() -> {
            try {
                for (UnfinishedClones.Left left : clones.left(changes.current())) {
                    DiskEvent.CLONE_SNAPSHOT_GOES.log(LOG, disk(left.disk()).name(), left.snapshot());
                    mark(left.disk(), left.snapshot());
                }
                clones.settled();
            } catch (IOException | RuntimeException e) {
                // A snapshot that stays must not keep the disks from their hosts.
                DiskEvent.CLONE_SNAPSHOT_STAYS.log(LOG, Causes.of(e));
            }
            return changes.current();
        });
        resume();
    }

    /**
     * Removes a snapshot that was taken for other work on the disk which has failed. On an operation's thread; the disk
     * is that work's.
     */
    void discard(UUID uuid, String name) throws IOException {
        changes.inTurn(() -> mark(uuid, name));
        run(uuid, DiskFormat.Progress.NONE);
    }

    /** In turn. */
    private Inventory mark(UUID uuid, String name) {
        Inventory next = changes.apply(inventory ->
                SnapshotRemovals.mark(inventory, inventory.disk(uuid).name(), List.of(name)));
        shelf.changed(next.disk(uuid));
        return next;
    }

    // ---- the work ---------------------------------------------------------------------------------------------------

    /** On an operation's thread; the disk is this work's. */
    private void run(UUID uuid, DiskFormat.Progress progress) throws IOException {
        Step step = next(uuid);
        while (step != null) {
            try {
                remove(uuid, step, told(step, progress));
            } catch (InterruptedIOException e) {
                throw new ApiException(
                        ErrorCode.CANCELLED,
                        "the removal of snapshot '%s' of disk '%s' was cancelled; it is not whole any more and stays"
                                        .formatted(
                                                step.snapshot().name(),
                                                disk(uuid).name())
                                + " marked",
                        "'kume snapshot remove %s' goes on with it, and so does the next start of the daemon"
                                .formatted(disk(uuid).name()));
            } catch (IOException e) {
                DiskRecord disk = disk(uuid);
                throw Errors.ofFile(
                        Path.of(step.snapshot().file()),
                        "snapshot '%s' of disk '%s' is not removed yet"
                                .formatted(step.snapshot().name(), disk.name()),
                        e);
            } finally {
                percents.remove(step.snapshot().id());
            }
            step = next(uuid);
        }
    }

    private @Nullable Step next(UUID uuid) {
        return SnapshotRemovals.next(changes.current(), uuid);
    }

    private DiskFormat.Progress told(Step step, DiskFormat.Progress progress) {
        return (doneBytes, totalBytes) -> {
            percents.put(
                    step.snapshot().id(),
                    totalBytes <= 0 ? 0 : (int) Math.min(PERCENT, doneBytes / (totalBytes / PERCENT + 1)));
            progress.at(doneBytes, totalBytes);
        };
    }

    private void remove(UUID uuid, Step step, DiskFormat.Progress progress) throws IOException {
        progress.at(0, 0);
        switch (step) {
            case Drop drop -> drop(uuid, drop);
            case MergeSnapshot merge -> merge(uuid, merge, progress);
            case MergeDisk merge -> merge(uuid, merge, progress);
        }
        DiskEvent.SNAPSHOT_REMOVED.log(LOG, step.snapshot().name(), disk(uuid).name());
    }

    private void drop(UUID uuid, Drop step) throws IOException {
        Going file = going(step.snapshot().file());
        changes.inTurn(() -> {
            DiskRecord disk = disk(uuid);
            return save(uuid, step, disk.type(), disk.sparse());
        });
        remove(file);
    }

    /** The snapshot that lies on it moves down into its file. */
    private void merge(UUID uuid, MergeSnapshot step, DiskFormat.Progress progress) throws IOException {
        DiskRecord disk = disk(uuid);
        DiskFormat format = shelf.stack(disk).chain().format();
        Path file = Path.of(step.child().file());
        Going going;
        try (Chain child = shelf.chains().open(file, format, true)) {
            mapped(child.disk(), file).mergeDown(progress);
            going = going(file.toString());
            changes.inTurn(() -> {
                moveDown(uuid, step, format);
                DiskRecord now = disk(uuid);
                return save(uuid, step, now.type(), now.sparse());
            });
        }
        remove(going);
    }

    /** In turn. What lay on the child lies on the file below it from now on, which has the same content. */
    private void moveDown(UUID uuid, MergeSnapshot step, DiskFormat format) throws IOException {
        DiskRecord disk = disk(uuid);
        Path below = Path.of(step.snapshot().file());
        List<String> children = new ArrayList<>();
        for (String name : step.children()) {
            children.add(Objects.requireNonNull(disk.layers().find(name)).file());
        }
        if (step.diskToo()) {
            children.add(disk.file());
        }
        for (String name : children) {
            Path path = Path.of(name);
            try (Chain child = shelf.chains().open(path, format, true)) {
                Chain parent = shelf.chains().open(below, format, true);
                try {
                    mapped(child.disk(), path).relink(SnapshotFiles.link(path, parent));
                } catch (IOException | RuntimeException e) {
                    parent.close();
                    throw e;
                }
                SnapshotTaking.close(child.replaceParent(parent));
            }
        }
    }

    /** The disk's own file moves down into the snapshot's, and the disk goes on in that. */
    private void merge(UUID uuid, MergeDisk step, DiskFormat.Progress progress) throws IOException {
        DiskRecord disk = disk(uuid);
        DiskStack stack = shelf.stack(disk);
        Path file = Path.of(disk.file());
        mapped(stack.chain().disk(), file).mergeDown(progress);
        Going going = going(disk.file());
        Chain below = shelf.chains()
                .open(Path.of(step.snapshot().file()), stack.chain().format(), true);
        boolean used = false;
        try {
            changes.inTurn(() -> goOnIn(uuid, step, below));
            used = true;
        } finally {
            if (!used) {
                below.close();
                files.finished(going.note());
            }
        }
        remove(going);
    }

    /** In turn. */
    private Inventory goOnIn(UUID uuid, MergeDisk step, Chain below) throws IOException {
        DiskRecord before = disk(uuid);
        DiskImage image = below.inspect();
        boolean sparse = image.sparse();
        DiskRecord after = SnapshotRemovals.done(
                        changes.current(), uuid, step, image.type().word(), sparse)
                .disk(uuid);
        List<Chain> old = new ArrayList<>();
        IsolatedDisk busy = IsolatedDisk.aloneAll(List.of(shelf.stack(before).isolated()), STILL_MAX, clock, () -> {
            shelf.prepareExchange(before, after);
            try {
                changes.save(inventory -> SnapshotRemovals.done(
                        inventory, uuid, step, image.type().word(), sparse));
            } catch (RuntimeException e) {
                shelf.prepareExchange(after, before);
                throw e;
            }
            old.add(shelf.exchange(before, after, below));
        });
        if (busy != null) {
            throw new ApiException(
                    ErrorCode.TIMED_OUT,
                    "disk '%s' did not stand still within %d seconds".formatted(before.name(), STILL_MAX.toSeconds()),
                    "remove the snapshot again when its device answers faster");
        }
        old.forEach(SnapshotTaking::close);
        return changes.apply(inventory -> inventory);
    }

    private Inventory save(UUID uuid, Step step, String type, boolean sparse) {
        Inventory next = changes.apply(inventory -> SnapshotRemovals.done(inventory, uuid, step, type, sparse));
        shelf.changed(next.disk(uuid));
        return next;
    }

    // ---- files that go ----------------------------------------------------------------------------------------------

    /** A file that goes when the inventory does not need it any more. */
    private record Going(UUID note, Path file) {}

    private Going going(String file) throws IOException {
        Going going = new Going(files.newId(), Path.of(file));
        files.note(going.note(), going.file());
        return going;
    }

    /** The snapshot is removed; its file must not keep the others. */
    private void remove(Going going) {
        files.removeOrLeave(going.note(), going.file());
    }

    // ---- shared -----------------------------------------------------------------------------------------------------

    private DiskRecord disk(UUID uuid) {
        return changes.current().disk(uuid);
    }

    private static MappedDisk mapped(VirtualDisk disk, Path file) throws IOException {
        if (disk instanceof MappedDisk mapped) {
            return mapped;
        }
        throw new DiskFormatException("%s is not a child of another file any more".formatted(file));
    }
}
