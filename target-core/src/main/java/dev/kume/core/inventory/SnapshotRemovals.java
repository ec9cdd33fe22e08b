package dev.kume.core.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rules of removing snapshots. A snapshot that nothing lies on is dropped with its file. One with one child gets
 * that child's blocks, and the child gets its file: the child's old file goes. One with two children (the disk was
 * restored) is needed by both, and stays until one of them is removed.
 *
 * <p>Snapshots are marked first, and go one after the other, the oldest first: so each block is moved once.
 */
public final class SnapshotRemovals {
    private SnapshotRemovals() {}

    /** How one snapshot goes. */
    public sealed interface Step {
        /** The snapshot that goes. */
        SnapshotRecord snapshot();
    }

    /** Nothing lies on it: its file goes. */
    public record Drop(SnapshotRecord snapshot) implements Step {}

    /**
     * Another snapshot moves down into its file.
     *
     * @param child    the one that lies on it
     * @param children names of the snapshots that lie on that one
     * @param diskToo  true when the disk's own file lies on the child as well
     */
    public record MergeSnapshot(SnapshotRecord snapshot, SnapshotRecord child, List<String> children, boolean diskToo)
            implements Step {
        public MergeSnapshot {
            children = List.copyOf(children);
        }
    }

    /** The disk's own file moves down into its file. */
    public record MergeDisk(SnapshotRecord snapshot) implements Step {}

    /**
     * Marks snapshots of a disk: from now on they are not there any more for anybody, and they will go.
     *
     * @param names in any order; those that are marked already may be among them
     */
    public static Inventory mark(Inventory inventory, String diskName, List<String> names) {
        if (names.isEmpty()) {
            throw InventoryException.invalid("no snapshot is named", "name one or more");
        }
        DiskRecord disk = inventory.disk(diskName);
        List<String> going = new ArrayList<>();
        for (String name : names) {
            going.add(Snapshots.find(inventory, diskName, name).snapshot().name());
        }
        boolean changes = false;
        List<SnapshotRecord> marked = new ArrayList<>();
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            boolean goes = going.contains(snapshot.name()) && !snapshot.removing();
            changes |= goes;
            marked.add(goes ? snapshot.goes() : snapshot);
        }
        DiskRecord changed = disk.withFile(
                disk.file(),
                disk.format(),
                disk.type(),
                disk.sparse(),
                disk.layers().with(marked, disk.layers().base()));
        Inventory next = changes ? inventory.withDisk(disk, changed) : inventory;
        checkAllGo(next, disk.identity().uuid());
        return next;
    }

    /** Goes through all steps, as if they were done. */
    private static void checkAllGo(Inventory marked, UUID uuid) {
        Inventory inventory = marked;
        Step step = next(inventory, uuid);
        while (step != null) {
            DiskRecord disk = inventory.disk(uuid);
            inventory = done(inventory, uuid, step, disk.type(), disk.sparse());
            step = next(inventory, uuid);
        }
    }

    /**
     * How the oldest marked snapshot goes that can go.
     *
     * @return null when none is marked
     * @throws InventoryException when marked ones are left and none of them can go
     */
    public static @Nullable Step next(Inventory inventory, UUID uuid) {
        DiskRecord disk = inventory.disk(uuid);
        InventoryException refusal = null;
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            if (snapshot.removing()) {
                try {
                    return step(inventory, disk, snapshot);
                } catch (InventoryException e) {
                    // A leaf of the tree behind it may have to go first.
                    refusal = refusal == null ? e : refusal;
                }
            }
        }
        if (refusal != null) {
            throw refusal;
        }
        return null;
    }

    private static Step step(Inventory inventory, DiskRecord disk, SnapshotRecord snapshot) {
        checkUnused(inventory, disk, snapshot, "is used by", "remove these first");
        List<SnapshotRecord> children = on(disk, snapshot);
        boolean diskOn = isOn(disk, snapshot);
        if (children.size() + (diskOn ? 1 : 0) > 1) {
            throw forked(disk, snapshot, children, diskOn);
        }
        if (diskOn) {
            List<DiskRecord> others = Snapshots.childrenOf(inventory, disk);
            if (!others.isEmpty()) {
                throw InventoryException.busy(
                        "snapshot",
                        snapshot.name(),
                        "snapshot '%s' lies below disk '%s', which is the parent of %s"
                                .formatted(snapshot.name(), disk.name(), Snapshots.names(others)),
                        "remove these first");
            }
            return new MergeDisk(snapshot);
        }
        if (children.isEmpty()) {
            return new Drop(snapshot);
        }
        SnapshotRecord child = children.getFirst();
        checkUnused(
                inventory,
                disk,
                child,
                "lies on '%s', whose file it would move into, and is used by".formatted(snapshot.name()),
                "remove these first");
        return new MergeSnapshot(
                snapshot,
                child,
                on(disk, child).stream().map(SnapshotRecord::name).toList(),
                isOn(disk, child));
    }

    private static void checkUnused(
            Inventory inventory, DiskRecord disk, SnapshotRecord snapshot, String how, String remedy) {
        List<DiskRecord> users = Snapshots.usersOf(inventory, disk, snapshot);
        if (!users.isEmpty()) {
            throw InventoryException.busy(
                    "snapshot",
                    snapshot.name(),
                    "snapshot '%s' of disk '%s' %s %s"
                            .formatted(snapshot.name(), disk.name(), how, Snapshots.names(users)),
                    remedy);
        }
    }

    private static InventoryException forked(
            DiskRecord disk, SnapshotRecord snapshot, List<SnapshotRecord> children, boolean diskOn) {
        List<String> names = new ArrayList<>(
                children.stream().map(child -> "'" + child.name() + "'").toList());
        String all = String.join(", ", names);
        return InventoryException.guard(
                "snapshot",
                snapshot.name(),
                diskOn
                        ? "snapshot '%s' of disk '%s' is the base of %s and of the disk itself, which was restored"
                                .formatted(snapshot.name(), disk.name(), all)
                        : "snapshot '%s' of disk '%s' is the base of %s"
                                .formatted(snapshot.name(), disk.name(), String.join(" and of ", names)),
                diskOn
                        ? "remove %s first".formatted(all)
                        : "remove %s first, with what lies on it".formatted(names.getFirst()));
    }

    private static List<SnapshotRecord> on(DiskRecord disk, SnapshotRecord snapshot) {
        return disk.layers().snapshots().stream()
                .filter(other -> snapshot.name().equals(other.base()))
                .toList();
    }

    private static boolean isOn(DiskRecord disk, SnapshotRecord snapshot) {
        return snapshot.name().equals(disk.layers().base());
    }

    /**
     * A step is done.
     *
     * @param type   of the file that the snapshot had, for a disk that goes on in it
     * @param sparse of that file
     */
    public static Inventory done(Inventory inventory, UUID uuid, Step step, String type, boolean sparse) {
        DiskRecord disk = inventory.disk(uuid);
        SnapshotRecord gone = step.snapshot();
        List<SnapshotRecord> left = new ArrayList<>();
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            if (step instanceof MergeSnapshot merge
                    && snapshot.name().equals(merge.child().name())) {
                left.add(snapshot.inFile(gone.file()).on(gone.base()));
            } else if (!snapshot.name().equals(gone.name())) {
                left.add(snapshot);
            }
        }
        DiskRecord changed = step instanceof MergeDisk
                ? disk.withFile(
                        gone.file(), disk.format(), type, sparse, disk.layers().with(left, gone.base()))
                : disk.withFile(
                        disk.file(),
                        disk.format(),
                        disk.type(),
                        disk.sparse(),
                        disk.layers().with(left, disk.layers().base()));
        return inventory.withDisk(disk, changed);
    }
}
