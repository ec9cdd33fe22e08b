package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.Sizes;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of adding, changing and removing disks. Each returns the next inventory or throws {@link
 * InventoryException}.
 */
public final class Disks {
    private Disks() {}

    /**
     * Refuses a disk that could not be added; asked before its file is made. {@code file} is absolute and normalised.
     */
    public static void checkNew(Inventory inventory, String name, String file, Limits limits) {
        Names.checked("disk", name);
        checkNameFree(inventory, name);
        checkFileFree(inventory, file);
        checkRoom(inventory, limits);
    }

    /** Refuses a file that a disk has, or a snapshot of one. */
    public static void checkFileFree(Inventory inventory, String file) {
        DiskRecord other = DiskRules.ownerOf(inventory.disks(), file);
        if (other != null) {
            throw InventoryException.conflict(
                    "disk",
                    other.name(),
                    "the file %s belongs to disk '%s'".formatted(file, other.name()),
                    "two disks never share a file; choose another");
        }
    }

    private static void checkRoom(Inventory inventory, Limits limits) {
        if (inventory.disks().size() >= limits.get(Limit.DISKS)) {
            throw InventoryException.limit(
                    "there are %d disks, the most that limits.%s allows"
                            .formatted(inventory.disks().size(), Limit.DISKS.key()),
                    "remove one or raise the limit in kume.yaml");
        }
    }

    /** Adds a disk whose file is there. */
    public static Inventory add(Inventory inventory, DiskRecord disk, Limits limits) {
        checkAdd(inventory, disk, limits);
        return inventory.withDisk(null, disk);
    }

    /** Refuses a disk that could not be added as it is; asked before its file is changed. */
    public static void checkAdd(Inventory inventory, DiskRecord disk, Limits limits) {
        Names.checked("disk", disk.name());
        checkNameFree(inventory, disk.name());
        checkLayers(inventory, disk);
        if (DiskRules.shown(inventory.disks(), disk) == null) {
            checkFileFree(inventory, disk.file());
        }
        checkRoom(inventory, limits);
        for (DiskRecord other : inventory.disks()) {
            if (other.identity().mistakableFor(disk.identity())) {
                throw InventoryException.conflict(
                        "disk",
                        other.name(),
                        "disk '%s' has this identity already".formatted(other.name()),
                        "make a new one");
            }
        }
    }

    private static void checkLayers(Inventory inventory, DiskRecord disk) {
        for (SnapshotRecord snapshot : disk.layers().snapshots()) {
            checkFileFree(inventory, snapshot.file());
        }
        if (disk.layers().parent() == null) {
            return;
        }
        DiskRecord parent = DiskRules.parentOf(inventory.disks(), disk);
        if (parent == null) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is not added: its parent is gone".formatted(disk.name()),
                    "make it over another one");
        }
        if (disk.layers().parentSnapshot() == null) {
            checkParent(parent);
        }
    }

    /** Refuses a disk that can be written as the parent of others: they would read what they were not made over. */
    public static void checkParent(DiskRecord parent) {
        if (parent.sharing() != Sharing.READ_ONLY) {
            throw InventoryException.guard(
                    "disk",
                    parent.name(),
                    "disk '%s' can be written, so it is no parent of other disks".formatted(parent.name()),
                    "run 'kume disk set %s --sharing read-only' first".formatted(parent.name()));
        }
    }

    /** Refuses to let the file go that a disk shows: it is a snapshot's. */
    public static void checkOwnFile(Inventory inventory, DiskRecord disk) {
        SnapshotRecord shown = DiskRules.shown(inventory.disks(), disk);
        DiskRecord of = parentOf(inventory, disk);
        if (shown != null && of != null) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' shows the file of the snapshot '%s' of disk '%s', which stays"
                            .formatted(disk.name(), shown.name(), of.name()),
                    "leave --delete-file out");
        }
    }

    /** Renames a disk; its mappings follow, its file stays where it is. */
    public static Inventory rename(Inventory inventory, String name, String newName) {
        DiskRecord disk = inventory.disk(name);
        Names.checked("disk", newName);
        if (!newName.equalsIgnoreCase(disk.name())) {
            checkNameFree(inventory, newName);
        }
        return inventory.withDisk(disk, disk.renamed(newName));
    }

    /**
     * Changes who may map a disk. One that two hosts use does not become exclusive under them: one of the two would
     * lose it in the middle of its work.
     */
    public static Inventory share(Inventory inventory, String name, Sharing sharing, Connections connections) {
        DiskRecord disk = inventory.disk(name);
        Inventory shared = share(inventory, name, sharing);
        if (sharing == Sharing.EXCLUSIVE && disk.sharing() != Sharing.EXCLUSIVE) {
            List<Connections.Connected> there = inventory.mappingsOf(disk).stream()
                    .flatMap(mapping ->
                            connections.on(inventory.target(mapping.target()).iqn()).stream())
                    .toList();
            if (there.stream().map(Connections.Connected::name).distinct().count() > 1) {
                throw InventoryException.busy(
                        "disk",
                        disk.name(),
                        "disk '%s' is in use by more than one host (%s), so it cannot become exclusive"
                                .formatted(disk.name(), Connections.names(there)),
                        "log all but one of them out first");
            }
        }
        return shared;
    }

    /** The same while nobody is connected. */
    public static Inventory share(Inventory inventory, String name, Sharing sharing) {
        DiskRecord disk = inventory.disk(name);
        if (sharing != Sharing.CLUSTER) {
            ClusterRules.checkFree(inventory, disk, "so its sharing is not " + sharing.word());
        }
        if (sharing != disk.sharing() && sharing != Sharing.READ_ONLY) {
            checkMayBeWritten(inventory, disk);
        }
        List<Mapping> mappings = inventory.mappingsOf(disk);
        if (sharing == Sharing.EXCLUSIVE && mappings.size() > 1) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is mapped into %d targets (%s), so it cannot be exclusive"
                            .formatted(disk.name(), mappings.size(), places(mappings)),
                    "unmap it from all but one first");
        }
        return inventory.withDisk(disk, disk.withSharing(sharing));
    }

    /**
     * Changes what a disk tells initiators that it is. Hosts choose drivers, and group paths, by vendor and product:
     * these stay while one is connected.
     */
    public static Inventory present(
            Inventory inventory, String name, DiskProfile.Changes changes, Connections connections) {
        DiskRecord disk = inventory.disk(name);
        DiskProfile profile = disk.profile().with(changes);
        if (!profile.hasNameOf(disk.profile())) {
            for (Mapping mapping : inventory.mappingsOf(disk)) {
                TargetRecord target = inventory.target(mapping.target());
                List<Connections.Connected> connected = connections.on(target.iqn());
                if (!connected.isEmpty()) {
                    throw InventoryException.busy(
                            "disk",
                            disk.name(),
                            "disk '%s' is LUN %d of target '%s', where %s is connected, so its vendor and product stay"
                                    .formatted(disk.name(), mapping.lun(), target.name(), Connections.names(connected)),
                            "log off at the initiators first: they chose their drivers by them");
                }
            }
        }
        return profile.equals(disk.profile()) ? inventory : inventory.withDisk(disk, disk.withProfile(profile));
    }

    /**
     * Makes a disk larger, whose file is that large already.
     *
     * @param sizeBytes a whole number of its blocks
     */
    public static Inventory grow(Inventory inventory, String name, long sizeBytes) {
        DiskRecord disk = inventory.disk(name);
        checkGrowth(disk, sizeBytes);
        return inventory.withDisk(disk, disk.withSizeBytes(sizeBytes));
    }

    /** Refuses a size that a disk could not be given; asked before its file is touched. */
    public static void checkGrowth(DiskRecord disk, long sizeBytes) {
        if (disk.sharing() == Sharing.READ_ONLY) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is read-only, so it keeps its size".formatted(disk.name()),
                    "change its sharing with 'kume disk set' first");
        }
        Snapshots.checkNone(disk, "it keeps its size");
        if (sizeBytes < disk.sizeBytes()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' has %s (%d bytes) and is not made smaller (%d bytes): what lies behind would be lost"
                            .formatted(disk.name(), Sizes.format(disk.sizeBytes()), disk.sizeBytes(), sizeBytes),
                    "give a larger size");
        }
        if (sizeBytes == disk.sizeBytes()) {
            throw InventoryException.invalid(
                    "disk '%s' has %s (%d bytes) already"
                            .formatted(disk.name(), Sizes.format(disk.sizeBytes()), disk.sizeBytes()),
                    "give a larger size");
        }
        if (disk.type().equals("differencing") && disk.format().equals("vhd")) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' keeps its size: the child of a VHD has the size of its parent".formatted(disk.name()),
                    "convert it to a disk of its own first, or use the vhdx format");
        }
        disk.withSizeBytes(sizeBytes); // A whole number of its blocks.
    }

    /** Refuses blocks that a new disk of this format cannot have. */
    public static void checkSectors(String name, String format, SectorFormat sectors) {
        if (format.equals("vhd") && sectors.logicalBytes() != 512) {
            throw InventoryException.invalid(
                    "disk '%s' cannot have blocks of %d bytes: a VHD counts in blocks of 512"
                            .formatted(name, sectors.logicalBytes()),
                    "use the vhdx or raw format, or blocks of 512 bytes");
        }
    }

    /** Changes the description of a disk. */
    public static Inventory describe(Inventory inventory, String name, String description) {
        DiskRecord disk = inventory.disk(name);
        return inventory.withDisk(disk, disk.withDescription(description));
    }

    /** Removes a disk that nothing maps, and that has no snapshots. */
    public static Inventory remove(Inventory inventory, String name) {
        return remove(inventory, name, false);
    }

    /**
     * Removes a disk that nothing maps and nothing else needs.
     *
     * @param withSnapshots true: its snapshots go with it
     */
    public static Inventory remove(Inventory inventory, String name, boolean withSnapshots) {
        DiskRecord disk = inventory.disk(name);
        ClusterRules.checkFree(inventory, disk, "so it is not removed");
        List<Mapping> mappings = inventory.mappingsOf(disk);
        if (!mappings.isEmpty()) {
            throw InventoryException.busy(
                    "disk",
                    disk.name(),
                    "disk '%s' is mapped: %s".formatted(disk.name(), places(mappings)),
                    "run 'kume unmap %s %s' first"
                            .formatted(disk.name(), mappings.getFirst().target()));
        }
        checkNoChildren(inventory, disk, "is not removed");
        Snapshots.checkEnd(disk, withSnapshots);
        return inventory.withoutDisk(disk);
    }

    /**
     * Refuses a change of what others are children of, or show.
     *
     * @param refused what is not done with the disk then: {@code is not removed}
     */
    public static void checkNoChildren(Inventory inventory, DiskRecord disk, String refused) {
        List<DiskRecord> children = childrenOf(inventory, disk);
        if (!children.isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' %s: %s %s what it holds"
                            .formatted(disk.name(), refused, names(children), children.size() == 1 ? "needs" : "need"),
                    "remove the %s first, or convert %s to a disk of its own"
                            .formatted(
                                    children.size() == 1 ? "other" : "others", children.size() == 1 ? "it" : "each"));
        }
    }

    /** Disks that are children of this one, or of a snapshot of it, and disks that show one of its snapshots. */
    public static List<DiskRecord> childrenOf(Inventory inventory, DiskRecord disk) {
        return DiskRules.childrenOf(inventory.disks(), disk);
    }

    /** The disk that this one is a child of, or whose snapshot it is a child of or shows; null for none. */
    public static @Nullable DiskRecord parentOf(Inventory inventory, DiskRecord disk) {
        return DiskRules.parentOf(inventory.disks(), disk);
    }

    /** Refuses to let a disk be written whose file others are children of, or that shows a snapshot. */
    static void checkMayBeWritten(Inventory inventory, DiskRecord disk) {
        SnapshotRecord shown = DiskRules.shown(inventory.disks(), disk);
        if (shown != null) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' shows the snapshot '%s', so it stays read-only".formatted(disk.name(), shown.name()),
                    "a writable clone of the snapshot can be written");
        }
        List<DiskRecord> children = childrenOf(inventory, disk).stream()
                .filter(child -> child.layers().parentSnapshot() == null)
                .toList();
        if (!children.isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' stays read-only: %s %s what it holds"
                            .formatted(disk.name(), names(children), children.size() == 1 ? "needs" : "need"),
                    "remove the disks that are over it first");
        }
    }

    /** {@code disks 'a' and 'b'}, {@code disk 'a'}. */
    private static String names(List<DiskRecord> disks) {
        String names = disks.stream().map(disk -> "'" + disk.name() + "'").collect(Collectors.joining(" and "));
        return (disks.size() == 1 ? "disk " : "disks ") + names;
    }

    /** {@code LUN 0 of 'hv-node1', LUN 0 of 'hv-node2'}. */
    static String places(List<Mapping> mappings) {
        return mappings.stream()
                .map(mapping -> "LUN %d of '%s'".formatted(mapping.lun(), mapping.target()))
                .collect(Collectors.joining(", "));
    }

    private static void checkNameFree(Inventory inventory, String name) {
        DiskRecord other = inventory.findDisk(name);
        if (other != null) {
            throw InventoryException.conflict(
                    "disk",
                    other.name(),
                    "there is a disk '%s' already, in %s".formatted(other.name(), other.file()),
                    "choose another name");
        }
    }
}
