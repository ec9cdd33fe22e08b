package dev.kume.cli.journal;

import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What the journal is about: the nodes and disks of all clusters of one inventory.
 *
 * @param nodes the initiator names of all nodes
 * @param disks the disks of all clusters
 */
record JournalScope(Inventory inventory, Set<String> nodes, Map<UUID, DiskRecord> disks) {
    static JournalScope of(Inventory inventory) {
        Set<String> nodes = new HashSet<>();
        Map<UUID, DiskRecord> disks = new LinkedHashMap<>();
        for (ClusterRecord cluster : inventory.clusters()) {
            for (ClusterNode node : cluster.nodes()) {
                nodes.addAll(node.iqns());
            }
            for (ClusterDisk each : cluster.disks()) {
                DiskRecord disk = inventory.disk(each.disk());
                disks.put(disk.identity().uuid(), disk);
            }
        }
        return new JournalScope(inventory, Set.copyOf(nodes), disks);
    }
}
