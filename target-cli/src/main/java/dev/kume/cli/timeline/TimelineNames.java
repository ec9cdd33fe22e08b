package dev.kume.cli.timeline;

import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.nexus.ITNexus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes and disks of a cluster are called now.
 *
 * @param nodes the names of its nodes
 */
public record TimelineNames(
        String cluster, List<String> nodes, Map<String, String> nodeByInitiator, Map<UUID, Disk> disks) {
    /** A disk of the cluster. */
    public record Disk(String name, ClusterRole role) {}

    /** @param only the one disk that is of interest; null for all */
    public static TimelineNames of(ClusterRecord cluster, Inventory inventory, @Nullable String only) {
        Map<String, String> nodeByInitiator = new HashMap<>();
        for (ClusterNode node : cluster.nodes()) {
            node.iqns().forEach(iqn -> nodeByInitiator.put(iqn, node.name()));
        }
        Map<UUID, Disk> disks = new LinkedHashMap<>();
        for (ClusterDisk each : only == null ? cluster.disks() : List.of(cluster.disk(only))) {
            disks.put(inventory.disk(each.disk()).identity().uuid(), new Disk(each.disk(), each.role()));
        }
        return new TimelineNames(
                cluster.name(), cluster.nodes().stream().map(ClusterNode::name).toList(), nodeByInitiator, disks);
    }

    boolean isNode(ITNexus nexus) {
        return nodeByInitiator.containsKey(nexus.initiatorName());
    }

    /** The node, or the initiator's own name when it is none of the cluster's. */
    String node(ITNexus nexus) {
        return nodeByInitiator.getOrDefault(nexus.initiatorName(), nexus.initiatorName());
    }

    @Nullable
    String nodeOrNull(@Nullable ITNexus nexus) {
        return nexus == null ? null : node(nexus);
    }
}
