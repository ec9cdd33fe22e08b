package dev.kume.core.inventory;

import dev.kume.core.Sizes;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rules of giving a disk another file of the same content, and of making it smaller. Each change returns the next
 * inventory or throws {@link InventoryException}.
 */
public final class DiskReshaping {
    private DiskReshaping() {}

    /** The disk as it is now: it may have another name since. */
    public static DiskRecord current(Inventory inventory, DiskRecord disk) {
        DiskRecord now = inventory.findDisk(disk.identity().uuid());
        if (now == null) {
            throw InventoryException.notFound("disk", disk.name(), List.of());
        }
        return now;
    }

    /**
     * Refuses a disk of which not all lies in its own file, or whose file others need.
     *
     * @param refused what is not done with the disk then: {@code is not converted}
     */
    public static void checkAlone(Inventory inventory, DiskRecord disk, String refused) {
        List<SnapshotRecord> snapshots = disk.layers().snapshots();
        if (!snapshots.isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' %s: it has %s"
                            .formatted(
                                    disk.name(),
                                    refused,
                                    snapshots.stream()
                                            .map(snapshot -> "snapshot '" + snapshot.name() + "'")
                                            .collect(Collectors.joining(", "))),
                    "remove %s first, or make a copy with 'kume disk copy'"
                            .formatted(snapshots.size() == 1 ? "it" : "them"));
        }
        SnapshotRecord shown = DiskRules.shown(inventory.disks(), disk);
        if (shown != null) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' %s: it shows the file of the snapshot '%s'"
                            .formatted(disk.name(), refused, shown.name()),
                    "make a copy with 'kume disk copy'");
        }
        Disks.checkNoChildren(inventory, disk, refused);
    }

    /**
     * A disk lies in another file, alone, from now on.
     *
     * @param after the disk as it is but for its file
     */
    public static Inventory refile(Inventory inventory, DiskRecord after) {
        DiskRecord now = current(inventory, after);
        checkAlone(inventory, now, "is not converted");
        Disks.checkFileFree(inventory, after.file());
        return inventory.withDisk(now, after);
    }

    /** Makes a disk smaller, behind whose new end nothing lies. */
    public static Inventory shrink(Inventory inventory, DiskRecord disk, long sizeBytes) {
        DiskRecord now = current(inventory, disk);
        checkShrink(inventory, now, sizeBytes);
        return inventory.withDisk(now, now.withSizeBytes(sizeBytes));
    }

    /** Refuses a smaller size that a disk could not be given; asked before its file is touched. */
    public static void checkShrink(Inventory inventory, DiskRecord disk, long sizeBytes) {
        if (disk.sharing() == Sharing.READ_ONLY) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is read-only, so it keeps its size".formatted(disk.name()),
                    "change its sharing with 'kume disk set' first");
        }
        if (sizeBytes >= disk.sizeBytes()) {
            throw InventoryException.invalid(
                    "disk '%s' has %s (%d bytes), which is not more than %d bytes"
                            .formatted(disk.name(), Sizes.format(disk.sizeBytes()), disk.sizeBytes(), sizeBytes),
                    "give a smaller size, or leave --shrink out");
        }
        checkAlone(inventory, disk, "is not made smaller");
        disk.withSizeBytes(sizeBytes); // A whole number of its blocks.
    }
}
