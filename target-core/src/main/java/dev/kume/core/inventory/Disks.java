package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.util.List;
import java.util.stream.Collectors;

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
        for (DiskRecord other : inventory.disks()) {
            if (other.file().equals(file)) {
                throw InventoryException.conflict(
                        "disk",
                        other.name(),
                        "the file %s belongs to disk '%s'".formatted(file, other.name()),
                        "two disks never share a file; choose another");
            }
        }
        if (inventory.disks().size() >= limits.get(Limit.DISKS)) {
            throw InventoryException.limit(
                    "there are %d disks, the most that limits.%s allows"
                            .formatted(inventory.disks().size(), Limit.DISKS.key()),
                    "remove one or raise the limit in kume.yaml");
        }
    }

    /** Adds a disk whose file is there. */
    public static Inventory add(Inventory inventory, DiskRecord disk, Limits limits) {
        checkNew(inventory, disk.name(), disk.file(), limits);
        for (DiskRecord other : inventory.disks()) {
            if (other.identity().mistakableFor(disk.identity())) {
                throw InventoryException.conflict(
                        "disk",
                        other.name(),
                        "disk '%s' has this identity already".formatted(other.name()),
                        "make a new one");
            }
        }
        return inventory.withDisk(null, disk);
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

    /** Changes who may map a disk. */
    public static Inventory share(Inventory inventory, String name, Sharing sharing) {
        DiskRecord disk = inventory.disk(name);
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

    /** Changes the description of a disk. */
    public static Inventory describe(Inventory inventory, String name, String description) {
        DiskRecord disk = inventory.disk(name);
        return inventory.withDisk(disk, disk.withDescription(description));
    }

    /** Removes a disk that nothing maps. */
    public static Inventory remove(Inventory inventory, String name) {
        DiskRecord disk = inventory.disk(name);
        List<Mapping> mappings = inventory.mappingsOf(disk);
        if (!mappings.isEmpty()) {
            throw InventoryException.busy(
                    "disk",
                    disk.name(),
                    "disk '%s' is mapped: %s".formatted(disk.name(), places(mappings)),
                    "run 'kume unmap %s %s' first"
                            .formatted(disk.name(), mappings.getFirst().target()));
        }
        return inventory.withoutDisk(disk);
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
