package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of putting disks under LUNs of targets. Each returns the next inventory or throws {@link
 * InventoryException}.
 */
public final class Mappings {
    private Mappings() {}

    /** Maps a disk into a target to be written, under the LUN given or the lowest that is free. */
    public static Inventory map(
            Inventory inventory, String diskName, String targetName, @Nullable Integer lun, Limits limits) {
        return map(inventory, diskName, targetName, lun, false, limits);
    }

    /**
     * Maps a disk into a target, under the LUN given or the lowest that is free.
     *
     * @param readOnly true when nobody may write it through this target
     */
    public static Inventory map(
            Inventory inventory,
            String diskName,
            String targetName,
            @Nullable Integer lun,
            boolean readOnly,
            Limits limits) {
        DiskRecord disk = inventory.disk(diskName);
        TargetRecord target = inventory.target(targetName);
        if (lun != null) {
            checkLun(lun);
        }
        List<Mapping> there = inventory.mappingsIn(target);
        Map<Integer, String> disksByLun = new HashMap<>();
        for (Mapping mapping : there) {
            if (mapping.disk().equals(disk.name())) {
                throw InventoryException.conflict(
                        "disk",
                        disk.name(),
                        "disk '%s' is LUN %d of target '%s' already"
                                .formatted(disk.name(), mapping.lun(), target.name()),
                        "unmap it first to give it another LUN");
            }
            disksByLun.put(mapping.lun(), mapping.disk());
        }
        checkSharing(inventory, disk, target);
        if (there.size() >= limits.get(Limit.LUNS_PER_TARGET)) {
            throw InventoryException.limit(
                    "target '%s' maps %d disks, the most that limits.%s allows"
                            .formatted(target.name(), there.size(), Limit.LUNS_PER_TARGET.key()),
                    "unmap one or raise the limit in kume.yaml");
        }
        int number = lun == null ? lowestFree(disksByLun) : lun;
        String taken = disksByLun.get(number);
        if (taken != null) {
            throw InventoryException.conflict(
                    "target",
                    target.name(),
                    "LUN %d of target '%s' is disk '%s'".formatted(number, target.name(), taken),
                    "use --lun %d, the lowest that is free, or leave --lun out".formatted(lowestFree(disksByLun)));
        }
        return inventory.withMapping(new Mapping(disk.name(), target.name(), number, readOnly));
    }

    /** Lets a disk be written through a target, or not; the same inventory when that is so already. */
    public static Inventory protect(Inventory inventory, String diskName, String targetName, boolean readOnly) {
        Mapping mapping = find(inventory, diskName, targetName);
        return mapping.readOnly() == readOnly
                ? inventory
                : inventory.withMapping(mapping, mapping.withReadOnly(readOnly));
    }

    /** The mapping of a disk in a target; {@link InventoryException.Kind#NOT_FOUND} when there is none. */
    public static Mapping find(Inventory inventory, String diskName, String targetName) {
        DiskRecord disk = inventory.disk(diskName);
        TargetRecord target = inventory.target(targetName);
        for (Mapping mapping : inventory.mappingsOf(disk)) {
            if (mapping.target().equals(target.name())) {
                return mapping;
            }
        }
        List<Mapping> elsewhere = inventory.mappingsOf(disk);
        throw new InventoryException(
                InventoryException.Kind.NOT_FOUND,
                "disk '%s' is not mapped into target '%s'".formatted(disk.name(), target.name()),
                elsewhere.isEmpty() ? "it is mapped nowhere" : "it is " + Disks.places(elsewhere));
    }

    /**
     * Takes a disk out of a target.
     *
     * @param force true: also while initiators are connected there, which keep their sessions and lose the LUN
     */
    public static Inventory unmap(
            Inventory inventory, String diskName, String targetName, Connections connections, boolean force) {
        Mapping mapping = find(inventory, diskName, targetName);
        ClusterRules.checkUnmap(inventory, mapping);
        List<Connections.Connected> connected =
                connections.on(inventory.target(mapping.target()).iqn());
        if (!force && !connected.isEmpty()) {
            throw InventoryException.busy(
                    "disk",
                    mapping.disk(),
                    "disk '%s' is LUN %d of target '%s', where %s is connected"
                            .formatted(mapping.disk(), mapping.lun(), mapping.target(), Connections.names(connected)),
                    "take it offline at the initiator, or use --force to take the LUN away under it");
        }
        return inventory.withoutMapping(mapping);
    }

    static void checkLun(int lun) {
        if (lun < 0 || lun > Mapping.LUN_MAX) {
            throw InventoryException.invalid(
                    "LUN %d is out of range".formatted(lun), "use 0 to %d".formatted(Mapping.LUN_MAX));
        }
    }

    private static void checkSharing(Inventory inventory, DiskRecord disk, TargetRecord target) {
        List<Mapping> elsewhere = inventory.mappingsOf(disk);
        if (disk.sharing() == Sharing.EXCLUSIVE && !elsewhere.isEmpty()) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is exclusive and already %s; mapping it into '%s' too lets two hosts write it"
                            .formatted(disk.name(), Disks.places(elsewhere), target.name()),
                    "if they are nodes of one cluster, run 'kume disk set %s --sharing cluster' first"
                            .formatted(disk.name()));
        }
    }

    private static int lowestFree(Map<Integer, String> disksByLun) {
        int lun = 0;
        while (disksByLun.containsKey(lun)) {
            lun++;
        }
        return lun;
    }
}
