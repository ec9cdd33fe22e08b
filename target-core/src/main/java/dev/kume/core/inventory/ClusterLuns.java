package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The LUNs of a cluster's disks: each the same in the targets of all nodes. One rule's work on one inventory. */
final class ClusterLuns {
    private final String cluster;
    private final Inventory inventory;
    private final Limits limits;

    /** By target, in order: what each LUN is. */
    private final Map<String, Map<Integer, String>> taken = new HashMap<>();

    private final List<Mapping> added = new ArrayList<>();
    private final Set<Integer> given = new HashSet<>();

    ClusterLuns(String cluster, Inventory inventory, List<String> targets, Limits limits) {
        this.cluster = cluster;
        this.inventory = inventory;
        this.limits = limits;
        for (String target : targets) {
            Map<Integer, String> luns = new HashMap<>();
            for (Mapping mapping : inventory.mappingsIn(inventory.target(target))) {
                luns.put(mapping.lun(), mapping.disk());
            }
            taken.put(inventory.target(target).name(), luns);
        }
    }

    /** The LUNs that disks are to have which get theirs later: nobody else gets them. */
    void keepFree(List<ClusterPlan.Disk> disks) {
        for (ClusterPlan.Disk disk : disks) {
            DiskRecord record = inventory.disk(disk.disk());
            Integer lun = disk.lun() == null ? lunNow(record) : disk.lun();
            if (lun != null && !given.add(lun)) {
                throw InventoryException.invalid(
                        "LUN %d of cluster '%s' is given twice".formatted(lun, cluster),
                        "give each disk another, or none");
            }
        }
    }

    /**
     * Maps a disk into all targets.
     *
     * @param wanted null: the LUN that it has there already, else the lowest that is free in all of them
     */
    ClusterDisk place(DiskRecord disk, ClusterRole role, @Nullable Integer wanted) {
        Integer now = lunNow(disk);
        if (now != null && wanted != null && !now.equals(wanted)) {
            throw InventoryException.conflict(
                    "disk",
                    disk.name(),
                    "disk '%s' is LUN %d already, not %d".formatted(disk.name(), now, wanted),
                    "unmap it first to give it another LUN, or leave the number out");
        }
        int lun = now != null ? now : wanted != null ? wanted : lowestFree();
        Mappings.checkLun(lun);
        taken.forEach((target, luns) -> {
            String there = luns.putIfAbsent(lun, disk.name());
            if (there == null) {
                added.add(new Mapping(disk.name(), target, lun));
            } else if (!there.equals(disk.name())) {
                throw InventoryException.conflict(
                        "target",
                        target,
                        "LUN %d of target '%s' is disk '%s', so '%s' cannot have it on all nodes"
                                .formatted(lun, target, there, disk.name()),
                        "give it LUN %d, or no number".formatted(lowestFree()));
            }
            if (luns.size() > limits.get(Limit.LUNS_PER_TARGET)) {
                throw InventoryException.limit(
                        "target '%s' would map %d disks, more than limits.%s (%d)"
                                .formatted(
                                        target,
                                        luns.size(),
                                        Limit.LUNS_PER_TARGET.key(),
                                        limits.get(Limit.LUNS_PER_TARGET)),
                        "leave some out or raise the limit in kume.yaml");
            }
        });
        return new ClusterDisk(disk.name(), role, lun);
    }

    /** The inventory with all that was mapped. */
    Inventory mapped() {
        return inventory.withMappings(added);
    }

    /** Where the disk is mapped now in targets of this cluster; null when it is in none. */
    private @Nullable Integer lunNow(DiskRecord disk) {
        Mapping found = null;
        for (Mapping mapping : inventory.mappingsOf(disk)) {
            if (!taken.containsKey(mapping.target())) {
                continue;
            }
            if (found != null && found.lun() != mapping.lun()) {
                throw InventoryException.conflict(
                        "disk",
                        disk.name(),
                        "disk '%s' is %s: all nodes of a cluster see a disk at one LUN"
                                .formatted(disk.name(), Disks.places(List.of(found, mapping))),
                        "run 'kume unmap %s %s' first".formatted(disk.name(), mapping.target()));
            }
            found = mapping;
        }
        return found == null ? null : found.lun();
    }

    private int lowestFree() {
        int lun = 0;
        while (isTaken(lun)) {
            lun++;
        }
        return lun;
    }

    private boolean isTaken(int lun) {
        return given.contains(lun) || taken.values().stream().anyMatch(luns -> luns.containsKey(lun));
    }
}
