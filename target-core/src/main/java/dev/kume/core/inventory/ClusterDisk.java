package dev.kume.core.inventory;

/**
 * A disk of a cluster.
 *
 * @param disk the disk's name, as its record has it
 * @param role what the cluster uses it for
 * @param lun  its number, in the targets of all nodes
 */
public record ClusterDisk(String disk, ClusterRole role, int lun) {
    public ClusterDisk {
        Names.checked("disk", disk);
        Mappings.checkLun(lun);
    }

    ClusterDisk of(DiskRecord renamed) {
        return new ClusterDisk(renamed.name(), role, lun);
    }
}
