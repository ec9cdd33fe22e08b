package dev.kume.core.inventory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is true of clusters and all they consist of: each refusal names the cluster and the command to use instead. */
final class ClusterRules {
    private final Inventory inventory;

    /** By target, then by disk. */
    private final Map<String, Map<String, Mapping>> mappings = new HashMap<>();

    private final Map<String, String> clustersOfDisks = new HashMap<>();
    private final Map<String, String> clustersOfTargets = new HashMap<>();
    private final Map<String, NodeOf> nodesOfIqns = new HashMap<>();

    private record NodeOf(String cluster, ClusterNode node) {}

    private ClusterRules(Inventory inventory) {
        this.inventory = inventory;
    }

    static void check(Inventory inventory) {
        if (inventory.clusters().isEmpty()) {
            return;
        }
        ClusterRules rules = new ClusterRules(inventory);
        for (Mapping mapping : inventory.mappings()) {
            rules.mappings
                    .computeIfAbsent(mapping.target(), any -> new HashMap<>())
                    .put(mapping.disk(), mapping);
        }
        for (ClusterRecord cluster : inventory.clusters()) {
            cluster.nodes().forEach(node -> rules.checkNames(cluster, node));
            cluster.disks().forEach(disk -> rules.checkDisk(cluster, disk));
            rules.checkTargets(cluster);
        }
    }

    /** One host is one node: two with one name are told apart by nobody, least of all by reservations. */
    private void checkNames(ClusterRecord cluster, ClusterNode node) {
        for (String iqn : node.iqns()) {
            NodeOf other = nodesOfIqns.put(iqn, new NodeOf(cluster.name(), node));
            if (other != null) {
                throw oneName(other.cluster(), other.node(), cluster, node, iqn);
            }
        }
    }

    /** Refuses one initiator name of two nodes, of one cluster or of two. */
    static InventoryException oneName(
            String otherCluster, ClusterNode other, ClusterRecord cluster, ClusterNode node, String iqn) {
        return InventoryException.guard(
                "cluster",
                cluster.name(),
                otherCluster.equals(cluster.name())
                        ? "nodes '%s' and '%s' of cluster '%s' have one initiator name, %s"
                                .formatted(other.name(), node.name(), cluster.name(), iqn)
                        : "node '%s' of cluster '%s' has the initiator name of node '%s' of cluster '%s', %s"
                                .formatted(node.name(), cluster.name(), other.name(), otherCluster, iqn),
                "each node has its own: look at both initiators; a host copied from another keeps its name");
    }

    private void checkDisk(ClusterRecord cluster, ClusterDisk disk) {
        String other = clustersOfDisks.put(disk.disk(), cluster.name());
        if (other != null) {
            throw InventoryException.guard(
                    "disk",
                    disk.disk(),
                    other.equals(cluster.name())
                            ? "cluster '%s' has the disk '%s' twice".formatted(other, disk.disk())
                            : "disk '%s' would be in two clusters, '%s' and '%s', which do not know of each other"
                                    .formatted(disk.disk(), other, cluster.name()),
                    other.equals(cluster.name())
                            ? "name each disk once"
                            : "use another disk, or run 'kume cluster remove-disk %s %s' first"
                                    .formatted(other, disk.disk()));
        }
        DiskRecord record = inventory.findDisk(disk.disk());
        if (record == null || !record.name().equals(disk.disk())) {
            throw ofDisk(cluster, disk, "so it is not removed");
        }
        if (record.sharing() != Sharing.CLUSTER) {
            throw ofDisk(
                    cluster, disk, "so its sharing is not " + record.sharing().word());
        }
    }

    private void checkTargets(ClusterRecord cluster) {
        Map<String, ClusterNode> nodes = new HashMap<>();
        for (ClusterNode node : cluster.nodes()) {
            ClusterNode before = nodes.put(node.target(), node);
            if (before != null && !cluster.oneTarget()) {
                throw InventoryException.invalid(
                        "nodes '%s' and '%s' of cluster '%s' have one target, '%s'"
                                .formatted(before.name(), node.name(), cluster.name(), node.target()),
                        "give each its own");
            }
            TargetRecord target = inventory.findTarget(node.target());
            if (target == null || !target.name().equals(node.target())) {
                throw ofTarget(cluster, node, "so it is not removed");
            }
            checkAccess(cluster, node, target);
            if (before == null) {
                checkTarget(cluster, node, target);
            }
        }
        if (cluster.oneTarget() && nodes.size() > 1) {
            throw InventoryException.invalid(
                    "cluster '%s' has one target, and %d".formatted(cluster.name(), nodes.size()), "give one");
        }
    }

    private static void checkAccess(ClusterRecord cluster, ClusterNode node, TargetRecord target) {
        for (String iqn : node.iqns()) {
            if (!target.initiators().contains(iqn)) {
                throw ofTarget(cluster, node, "so it lets %s in".formatted(iqn));
            }
        }
    }

    private void checkTarget(ClusterRecord cluster, ClusterNode node, TargetRecord target) {
        String other = clustersOfTargets.put(target.name(), cluster.name());
        if (other != null) {
            throw InventoryException.guard(
                    "target",
                    target.name(),
                    "target '%s' would be of two clusters, '%s' and '%s'"
                            .formatted(target.name(), other, cluster.name()),
                    "give each cluster its own targets");
        }
        for (ClusterDisk disk : cluster.disks()) {
            checkMapping(
                    cluster,
                    node,
                    disk,
                    mappings.getOrDefault(target.name(), Map.of()).get(disk.disk()));
        }
    }

    private static void checkMapping(
            ClusterRecord cluster, ClusterNode node, ClusterDisk disk, @Nullable Mapping mapping) {
        if (mapping == null) {
            throw ofDisk(cluster, disk, "so it stays LUN %d of target '%s'".formatted(disk.lun(), node.target()));
        }
        if (mapping.lun() != disk.lun()) {
            throw InventoryException.guard(
                    "disk",
                    disk.disk(),
                    "disk '%s' is LUN %d of cluster '%s', and LUN %d of target '%s', that of its node '%s'"
                            .formatted(
                                    disk.disk(), disk.lun(), cluster.name(), mapping.lun(), node.target(), node.name()),
                    "all nodes of a cluster have a disk at one LUN: map it as LUN %d there".formatted(disk.lun()));
        }
        if (mapping.readOnly()) {
            throw ofDisk(cluster, disk, "so target '%s' lets it be written".formatted(node.target()));
        }
    }

    private static InventoryException ofDisk(ClusterRecord cluster, ClusterDisk disk, String so) {
        return InventoryException.guard(
                "disk",
                disk.disk(),
                "disk '%s' belongs to cluster '%s', %s".formatted(disk.disk(), cluster.name(), so),
                "'kume cluster remove-disk %s %s' takes it out".formatted(cluster.name(), disk.disk()));
    }

    private static InventoryException ofTarget(ClusterRecord cluster, ClusterNode node, String so) {
        List<ClusterNode> nodes = cluster.nodes();
        return InventoryException.guard(
                "target",
                node.target(),
                "target '%s' is that of node '%s' of cluster '%s', %s"
                        .formatted(node.target(), node.name(), cluster.name(), so),
                nodes.size() == 1 || cluster.oneTarget()
                        ? "'kume cluster remove %s' ends the cluster".formatted(cluster.name())
                        : "'kume cluster remove-node %s %s' takes the node out".formatted(cluster.name(), node.name()));
    }

    /** Refuses what a generic verb would do to a disk that is a cluster's; said before anything else is. */
    static void checkFree(Inventory inventory, DiskRecord disk, String so) {
        for (ClusterRecord cluster : inventory.clusters()) {
            ClusterDisk found = cluster.findDisk(disk.name());
            if (found != null) {
                throw ofDisk(cluster, found, so);
            }
        }
    }

    /** Refuses to let a target go that is a node's. */
    static void checkFree(Inventory inventory, TargetRecord target, String so) {
        for (ClusterRecord cluster : inventory.clusters()) {
            for (ClusterNode node : cluster.nodes()) {
                if (node.target().equals(target.name())) {
                    throw ofTarget(cluster, node, so);
                }
            }
        }
    }

    /** Refuses to take an entry off the access list of a target that a node gets in by. */
    static void checkAccess(Inventory inventory, TargetRecord target) {
        for (ClusterRecord cluster : inventory.clusters()) {
            for (ClusterNode node : cluster.nodes()) {
                if (node.target().equals(target.name())) {
                    checkAccess(cluster, node, target);
                }
            }
        }
    }

    /** Refuses to unmap a disk that is a cluster's from a target of its nodes; from others it goes. */
    static void checkUnmap(Inventory inventory, Mapping mapping) {
        for (ClusterRecord cluster : inventory.clusters()) {
            ClusterDisk disk = cluster.findDisk(mapping.disk());
            if (disk != null && cluster.targets().contains(mapping.target())) {
                throw ofDisk(
                        cluster, disk, "so it stays LUN %d of target '%s'".formatted(mapping.lun(), mapping.target()));
            }
        }
    }
}
