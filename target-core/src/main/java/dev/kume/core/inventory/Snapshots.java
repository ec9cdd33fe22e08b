package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.Nearest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of taking, restoring and mounting snapshots; {@link SnapshotRemovals} has those of their end. Each returns
 * the next inventory or throws {@link InventoryException}.
 *
 * <p>A snapshot of a VHD or VHDX is the file that the disk had; the disk goes on in a new file, a child of it. A
 * snapshot of a raw disk is a copy beside it, and the disk keeps its file.
 */
public final class Snapshots {
    private static final String RAW = "raw";
    private static final DateTimeFormatter NAME_OF_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss").withZone(ZoneOffset.UTC);

    private Snapshots() {}

    /** A snapshot and the disk that it is of. */
    public record Found(DiskRecord disk, SnapshotRecord snapshot) {}

    /**
     * What becomes of one disk by a snapshot.
     *
     * @param disk     its uuid
     * @param snapshot what was taken; its base is set by the rule
     * @param file     the disk's file from now on
     * @param type     of that file
     * @param sparse   of that file
     */
    public record Taking(UUID disk, SnapshotRecord snapshot, String file, String type, boolean sparse) {}

    // ---- questions --------------------------------------------------------------------------------------------------

    /** True when a snapshot is a copy of the disk's file, because its format knows no children. */
    public static boolean areCopies(DiskRecord disk) {
        return disk.format().equals(RAW);
    }

    /** The snapshot of this name; {@link InventoryException.Kind#NOT_FOUND} with the nearest when there is none. */
    public static Found find(Inventory inventory, String diskName, String name) {
        DiskRecord disk = inventory.disk(diskName);
        SnapshotRecord snapshot = disk.layers().find(name);
        if (snapshot != null) {
            return new Found(disk, snapshot);
        }
        List<String> names =
                disk.layers().snapshots().stream().map(SnapshotRecord::name).toList();
        List<String> near = Nearest.to(name, names);
        throw new InventoryException(
                InventoryException.Kind.NOT_FOUND,
                "disk '%s' has no snapshot '%s'".formatted(disk.name(), name),
                near.isEmpty()
                        ? "'kume snapshot list %s' shows what there is".formatted(disk.name())
                        : "did you mean %s?".formatted(String.join(" or ", near)),
                "snapshot",
                name,
                near);
    }

    /** Other disks that need the files of a snapshot: what it is mounted as, and its clones. */
    public static List<DiskRecord> usersOf(Inventory inventory, DiskRecord disk, SnapshotRecord snapshot) {
        return inventory.disks().stream()
                .filter(other -> disk.identity().uuid().equals(other.layers().parent())
                        && snapshot.id().equals(other.layers().parentSnapshot()))
                .toList();
    }

    /** Other disks that are children of the disk itself, as it is now. */
    public static List<DiskRecord> childrenOf(Inventory inventory, DiskRecord disk) {
        return inventory.disks().stream()
                .filter(other -> disk.identity().uuid().equals(other.layers().parent())
                        && other.layers().parentSnapshot() == null)
                .toList();
    }

    /** The snapshot that a read-only disk shows: they have one file, which is the snapshot's. Null for none. */
    public static @Nullable Found shownBy(Inventory inventory, DiskRecord view) {
        SnapshotRecord shown = DiskRules.shown(inventory.disks(), view);
        DiskRecord disk = shown == null ? null : DiskRules.parentOf(inventory.disks(), view);
        return shown == null || disk == null ? null : new Found(disk, shown);
    }

    /** A name for a snapshot that nobody has named: its time in UTC, and a number when one of the disks has that. */
    public static String nameAt(Instant time, Collection<DiskRecord> disks) {
        String name = NAME_OF_TIME.format(time);
        String free = name;
        int number = 1;
        while (isTaken(free, disks)) {
            number++;
            free = name + "-" + number;
        }
        return free;
    }

    private static boolean isTaken(String name, Collection<DiskRecord> disks) {
        return disks.stream().anyMatch(disk -> disk.layers().find(name) != null);
    }

    // ---- take -------------------------------------------------------------------------------------------------------

    /** Refuses a snapshot that could not be taken; asked before a file is made. */
    public static void checkTake(Inventory inventory, Collection<DiskRecord> disks, String name, Limits limits) {
        Names.checked("snapshot", name);
        if (disks.isEmpty()) {
            throw InventoryException.invalid("there is no disk to take a snapshot of", "name one or more");
        }
        for (DiskRecord disk : disks) {
            checkTake(inventory, disk, name, limits);
        }
    }

    private static void checkTake(Inventory inventory, DiskRecord disk, String name, Limits limits) {
        SnapshotRecord other = disk.layers().find(name);
        if (other != null) {
            throw InventoryException.conflict(
                    "snapshot",
                    other.name(),
                    "disk '%s' has a snapshot '%s' already, of %s"
                            .formatted(disk.name(), other.name(), other.created()),
                    "choose another name, or leave it out");
        }
        Found shown = shownBy(inventory, disk);
        if (shown != null) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is the snapshot '%s' of disk '%s', which never changes"
                            .formatted(
                                    disk.name(),
                                    shown.snapshot().name(),
                                    shown.disk().name()),
                    "take one of disk '%s', or mount the snapshot with --writable"
                            .formatted(shown.disk().name()));
        }
        checkNoChildren(inventory, disk, "gets no snapshot");
        if (disk.layers().snapshots().size() >= limits.get(Limit.SNAPSHOTS_PER_DISK)) {
            throw InventoryException.limit(
                    "disk '%s' has %d snapshots, the most that limits.%s allows"
                            .formatted(disk.name(), disk.layers().snapshots().size(), Limit.SNAPSHOTS_PER_DISK.key()),
                    "remove one or raise the limit in kume.yaml");
        }
    }

    private static void checkNoChildren(Inventory inventory, DiskRecord disk, String so) {
        List<DiskRecord> children = childrenOf(inventory, disk);
        if (!children.isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is the parent of %s, so it %s".formatted(disk.name(), names(children), so),
                    "remove these first, or convert them to disks of their own");
        }
    }

    /** All disks have their snapshots, at one moment. */
    public static Inventory take(Inventory inventory, List<Taking> takings, Limits limits) {
        Inventory next = inventory;
        for (Taking taking : takings) {
            next = take(next, taking, limits);
        }
        return next;
    }

    private static Inventory take(Inventory inventory, Taking taking, Limits limits) {
        DiskRecord disk = inventory.disk(taking.disk());
        checkTake(inventory, disk, taking.snapshot().name(), limits);
        List<SnapshotRecord> snapshots = new ArrayList<>(disk.layers().snapshots());
        boolean copies = areCopies(disk);
        snapshots.add(taking.snapshot().on(copies ? null : disk.layers().base()));
        String base = copies ? null : taking.snapshot().name();
        return inventory.withDisk(
                disk,
                disk.withFile(
                        taking.file(),
                        disk.format(),
                        taking.type(),
                        taking.sparse(),
                        disk.layers().with(snapshots, base)));
    }

    // ---- restore ----------------------------------------------------------------------------------------------------

    /** Refuses a restore that could not be; asked before a file is made. */
    public static Found checkRestore(Inventory inventory, String diskName, String name) {
        Found found = find(inventory, diskName, name);
        checkStays(found);
        checkNoneGoes(found.disk());
        checkNoChildren(inventory, found.disk(), "keeps its content");
        if (found.disk().sharing() == Sharing.READ_ONLY) {
            throw InventoryException.guard(
                    "disk",
                    found.disk().name(),
                    "disk '%s' is read-only, so it keeps its content"
                            .formatted(found.disk().name()),
                    "change its sharing with 'kume disk set' first");
        }
        return found;
    }

    /**
     * A disk is again what it was when a snapshot was taken; what was written since is given up, but for what other
     * snapshots have.
     *
     * @param file a child of the snapshot's file, or a copy of it
     */
    public static Inventory restore(
            Inventory inventory, UUID uuid, String name, String file, String type, boolean sparse) {
        DiskRecord disk = inventory.disk(uuid);
        Found found = checkRestore(inventory, disk.name(), name);
        String base = areCopies(disk) ? null : found.snapshot().name();
        DiskRecord restored = disk.withFile(
                file,
                disk.format(),
                type,
                sparse,
                disk.layers().with(disk.layers().snapshots(), base));
        return inventory.withDisk(disk, restored.withSizeBytes(found.snapshot().sizeBytes()));
    }

    // ---- mount ------------------------------------------------------------------------------------------------------

    /** Refuses a mount or a clone that could not be; asked before a file is made. */
    public static Found checkMount(Inventory inventory, String diskName, String name) {
        Found found = find(inventory, diskName, name);
        checkStays(found);
        String base = found.snapshot().base();
        SnapshotRecord below = base == null ? null : found.disk().layers().find(base);
        if (below != null && below.removing()) {
            throw InventoryException.busy(
                    "snapshot",
                    found.snapshot().name(),
                    "snapshot '%s' of disk '%s' moves into the file of '%s', which is being removed"
                            .formatted(found.snapshot().name(), found.disk().name(), below.name()),
                    "wait for that; 'kume snapshot list %s' shows how far it is"
                            .formatted(found.disk().name()));
        }
        return found;
    }

    /**
     * Adds the disk that a snapshot is seen as: in the snapshot's own file and read-only, or in a file of its own.
     *
     * @param disk its layers name the snapshot when it needs the files of it
     */
    public static Inventory mount(Inventory inventory, DiskRecord disk, String of, String name, Limits limits) {
        Found found = checkMount(inventory, of, name);
        if (disk.file().equals(found.snapshot().file()) && disk.sharing() != Sharing.READ_ONLY) {
            throw new IllegalArgumentException("a disk in the file of a snapshot is read-only");
        }
        return Disks.add(inventory, disk, limits);
    }

    /** Refuses what cannot be done to a disk as long as it has snapshots. {@code so}: {@code it keeps its size}. */
    public static void checkNone(DiskRecord disk, String so) {
        List<SnapshotRecord> snapshots = disk.layers().snapshots();
        if (!snapshots.isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' has %s, so %s".formatted(disk.name(), counted(snapshots), so),
                    "remove them with 'kume snapshot remove %s NAME...' first".formatted(disk.name()));
        }
    }

    /** Refuses the end of a disk that has snapshots when these are not to go with it. */
    static void checkEnd(DiskRecord disk, boolean withSnapshots) {
        List<SnapshotRecord> snapshots = disk.layers().snapshots();
        if (!snapshots.isEmpty() && !withSnapshots) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' has %s".formatted(disk.name(), counted(snapshots)),
                    "remove them first, or use --with-snapshots to remove them with it");
        }
    }

    // ---- shared -----------------------------------------------------------------------------------------------------

    static String names(List<DiskRecord> disks) {
        return disks.stream().map(disk -> "disk '" + disk.name() + "'").collect(Collectors.joining(", "));
    }

    private static String counted(List<SnapshotRecord> snapshots) {
        String first = snapshots.getFirst().name();
        return snapshots.size() == 1
                ? "the snapshot '%s'".formatted(first)
                : "%d snapshots ('%s' to '%s')"
                        .formatted(snapshots.size(), first, snapshots.getLast().name());
    }

    private static void checkStays(Found found) {
        if (found.snapshot().removing()) {
            throw InventoryException.busy(
                    "snapshot",
                    found.snapshot().name(),
                    "snapshot '%s' of disk '%s' is being removed"
                            .formatted(found.snapshot().name(), found.disk().name()),
                    "choose another one");
        }
    }

    private static void checkNoneGoes(DiskRecord disk) {
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            if (snapshot.removing()) {
                throw InventoryException.busy(
                        "disk",
                        disk.name(),
                        "snapshot '%s' of disk '%s' is being removed".formatted(snapshot.name(), disk.name()),
                        "wait for that; 'kume snapshot remove %s %s' goes on with it"
                                .formatted(disk.name(), snapshot.name()));
            }
        }
    }
}
