package dev.kume.core.inventory;

import dev.kume.core.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rules of clusters. Each returns the next inventory or throws {@link InventoryException}. Inside a change the
 * record of a cluster and what it says may differ; {@link #check} is asked of what comes out.
 */
public final class Clusters {
    private Clusters() {}

    /**
     * Refuses an inventory in which a cluster is not what it says: each of its disks is there, shared as a cluster's,
     * in no other cluster, and mapped to be written under one LUN in the targets of all its nodes; each node's target
     * is there, of no other cluster, and lets the node in; and no two nodes have one initiator name. Every change is
     * checked so, whatever rule made it.
     */
    public static void check(Inventory inventory) {
        ClusterRules.check(inventory);
    }

    /** Declares a cluster whose disks, targets, access and mappings are there. */
    public static Inventory add(Inventory inventory, ClusterRecord cluster) {
        checkNameFree(inventory, cluster.name());
        Inventory next = inventory.withCluster(null, cluster);
        check(next);
        return next;
    }

    /**
     * Makes a cluster of disks that are there: the targets of its nodes, or those of their names that let in nobody
     * else; who gets in; and the LUNs, the same in all of them.
     */
    public static Inventory create(Inventory inventory, ClusterPlan plan, Limits limits) {
        Names.checked("cluster", plan.name());
        checkNameFree(inventory, plan.name());
        List<ClusterNode> nodes = plan.nodes().stream()
                .map(node -> new ClusterNode(node.name(), node.iqns(), plan.oneTarget() ? plan.name() : node.name()))
                .toList();
        ClusterRecord cluster =
                new ClusterRecord(plan.name(), nodes, List.of(), plan.oneTarget(), plan.description(), plan.created());
        checkHosts(inventory, cluster);
        Inventory next = inventory;
        for (String target : cluster.targets()) {
            ClusterTargets.checkOwn(inventory, target);
        }
        if (plan.oneTarget() && inventory.findTarget(plan.name()) != null) {
            Set<String> all = nodes.stream()
                    .flatMap(node -> node.iqns().stream())
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            ClusterTargets.checkFits(
                    inventory.target(plan.name()), new ClusterNode(plan.name(), List.copyOf(all), plan.name()));
        }
        for (ClusterNode node : nodes) {
            next = ClusterTargets.admit(next, node, plan.access(), plan.oneTarget(), plan.created(), limits);
        }
        for (ClusterPlan.Disk disk : plan.disks()) {
            next = adopt(next, cluster, disk.disk());
        }
        ClusterLuns luns = new ClusterLuns(cluster.name(), next, cluster.targets(), limits);
        luns.keepFree(plan.disks());
        for (ClusterPlan.Disk disk : plan.disks()) {
            cluster = cluster.with(luns.place(next.disk(disk.disk()), disk.role(), disk.lun()));
        }
        next = luns.mapped().withCluster(null, spelled(next, cluster));
        check(next);
        return next;
    }

    /** Targets that were there keep their names as they were written. */
    private static ClusterRecord spelled(Inventory inventory, ClusterRecord cluster) {
        ClusterRecord spelled = cluster;
        for (ClusterNode node : cluster.nodes()) {
            String target = inventory.target(node.target()).name();
            spelled = spelled.with(new ClusterNode(node.name(), node.iqns(), target));
        }
        return spelled;
    }

    /** The initiator names are of nobody else; said before anything is made. */
    private static void checkHosts(Inventory inventory, ClusterRecord cluster) {
        Set<String> own = new LinkedHashSet<>();
        for (ClusterNode node : cluster.nodes()) {
            for (String iqn : node.iqns()) {
                if (!own.add(iqn)) {
                    throw ClusterRules.oneName(
                            cluster.name(), Objects.requireNonNull(cluster.nodeOf(iqn)), cluster, node, iqn);
                }
                for (ClusterRecord other : inventory.clusters()) {
                    ClusterNode there = other.nodeOf(iqn);
                    if (there != null && !other.name().equals(cluster.name())) {
                        throw ClusterRules.oneName(other.name(), there, cluster, node, iqn);
                    }
                }
            }
        }
    }

    /** A disk becomes one of a cluster: nobody else has it. */
    private static Inventory adopt(Inventory inventory, ClusterRecord cluster, String name) {
        DiskRecord disk = inventory.disk(name);
        ClusterRecord other = inventory.clusterOf(disk);
        if (other != null) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' belongs to cluster '%s'".formatted(disk.name(), other.name()),
                    "use another disk, or run 'kume cluster remove-disk %s %s' first"
                            .formatted(other.name(), disk.name()));
        }
        Set<String> targets = cluster.targets().stream()
                .map(target -> inventory.target(target).name())
                .collect(Collectors.toSet());
        for (Mapping mapping : inventory.mappingsOf(disk)) {
            if (!targets.contains(mapping.target())) {
                throw InventoryException.guard(
                        "disk",
                        disk.name(),
                        "disk '%s' is LUN %d of target '%s', which is no node of cluster '%s'"
                                .formatted(disk.name(), mapping.lun(), mapping.target(), cluster.name()),
                        "run 'kume unmap %s %s' first".formatted(disk.name(), mapping.target()));
            }
            if (mapping.readOnly()) {
                throw InventoryException.guard(
                        "disk",
                        disk.name(),
                        "disk '%s' is read-only through target '%s', and nodes of a cluster write"
                                .formatted(disk.name(), mapping.target()),
                        "run 'kume map %s %s --read-write' first".formatted(disk.name(), mapping.target()));
            }
        }
        if (disk.sharing() == Sharing.READ_ONLY) {
            throw InventoryException.guard(
                    "disk",
                    disk.name(),
                    "disk '%s' is read-only, and nodes of a cluster write".formatted(disk.name()),
                    "run 'kume disk set %s --sharing cluster' first".formatted(disk.name()));
        }
        return disk.sharing() == Sharing.CLUSTER ? inventory : Disks.share(inventory, name, Sharing.CLUSTER);
    }

    /** Adds a node: its target, and all disks of the cluster at the LUNs that they have. */
    public static Inventory addNode(
            Inventory inventory,
            String name,
            ClusterPlan.Node added,
            ClusterPlan.Access access,
            Instant now,
            Limits limits) {
        ClusterRecord cluster = inventory.cluster(name);
        if (cluster.findNode(added.name()) != null) {
            throw InventoryException.conflict(
                    "node",
                    added.name(),
                    "cluster '%s' has a node '%s' already".formatted(cluster.name(), added.name()),
                    "to give it other initiator names, remove it with 'kume cluster remove-node %s %s' first"
                            .formatted(cluster.name(), added.name()));
        }
        String target = cluster.oneTarget() ? cluster.nodes().getFirst().target() : added.name();
        ClusterNode node = new ClusterNode(added.name(), added.iqns(), target);
        checkHosts(inventory, cluster.with(node));
        if (!cluster.oneTarget()) {
            ClusterTargets.checkOwn(inventory, target);
        }
        Inventory next = ClusterTargets.admit(inventory, node, access, cluster.oneTarget(), now, limits);
        if (!cluster.oneTarget()) {
            ClusterLuns luns = new ClusterLuns(cluster.name(), next, List.of(target), limits);
            for (ClusterDisk disk : cluster.disks()) {
                luns.place(next.disk(disk.disk()), disk.role(), disk.lun());
            }
            next = luns.mapped();
        }
        next = next.withCluster(cluster, spelled(next, cluster.with(node)));
        check(next);
        return next;
    }

    /** Takes a node out; whoever asks has seen to it that the node is gone, or that this is wanted all the same. */
    public static Inventory removeNode(Inventory inventory, String name, String nodeName) {
        ClusterRecord cluster = inventory.cluster(name);
        ClusterNode node = cluster.node(nodeName);
        if (cluster.nodes().size() == 1) {
            throw InventoryException.guard(
                    "node",
                    node.name(),
                    "'%s' is the last node of cluster '%s'".formatted(node.name(), cluster.name()),
                    "'kume cluster remove %s' ends the cluster".formatted(cluster.name()));
        }
        Inventory next = inventory.withCluster(cluster, cluster.without(node));
        next = cluster.oneTarget()
                ? ClusterTargets.deny(next, node)
                : ClusterTargets.release(next, cluster, node.target());
        check(next);
        return next;
    }

    /** Maps a disk that is there into the targets of all nodes, at one LUN. */
    public static Inventory addDisk(Inventory inventory, String name, ClusterPlan.Disk added, Limits limits) {
        ClusterRecord cluster = inventory.cluster(name);
        Inventory next = adopt(inventory, cluster, added.disk());
        ClusterLuns luns = new ClusterLuns(cluster.name(), next, cluster.targets(), limits);
        ClusterDisk disk = luns.place(next.disk(added.disk()), added.role(), added.lun());
        next = luns.mapped().withCluster(cluster, cluster.with(disk));
        check(next);
        return next;
    }

    /** Takes a disk out of the targets of all nodes; it stays, and is no longer shared. */
    public static Inventory removeDisk(Inventory inventory, String name, String diskName) {
        ClusterRecord cluster = inventory.cluster(name);
        ClusterDisk disk = cluster.disk(diskName);
        Inventory next = inventory.withCluster(cluster, cluster.without(disk));
        List<Mapping> gone = next.mappingsOf(next.disk(disk.disk())).stream()
                .filter(mapping -> cluster.targets().contains(mapping.target()))
                .toList();
        return unshared(next.withoutMappings(gone), List.of(disk));
    }

    /** Ends a cluster: the targets that were made for it go, its disks stay and are no longer shared. */
    public static Inventory remove(Inventory inventory, String name) {
        ClusterRecord cluster = inventory.cluster(name);
        Inventory next = inventory.withoutCluster(cluster);
        for (String target : cluster.targets()) {
            next = ClusterTargets.release(next, cluster, target);
        }
        return unshared(next, cluster.disks());
    }

    /** Who maps a disk of no cluster into two targets has to say once more that it is meant so. */
    private static Inventory unshared(Inventory inventory, List<ClusterDisk> disks) {
        List<DiskRecord> changed = new ArrayList<>();
        for (ClusterDisk disk : disks) {
            DiskRecord record = inventory.disk(disk.disk());
            if (inventory.mappingsOf(record).size() <= 1) {
                changed.add(record.withSharing(Sharing.EXCLUSIVE));
            }
        }
        return inventory.withDisks(changed);
    }

    /** Renames a cluster; its disks, nodes and targets keep their names. */
    public static Inventory rename(Inventory inventory, String name, String newName) {
        ClusterRecord cluster = inventory.cluster(name);
        Names.checked("cluster", newName);
        if (!newName.equalsIgnoreCase(cluster.name())) {
            checkNameFree(inventory, newName);
        }
        return inventory.withCluster(cluster, cluster.renamed(newName));
    }

    /** Changes the description of a cluster. */
    public static Inventory describe(Inventory inventory, String name, String description) {
        ClusterRecord cluster = inventory.cluster(name);
        return inventory.withCluster(cluster, cluster.withDescription(description));
    }

    private static void checkNameFree(Inventory inventory, String name) {
        ClusterRecord other = inventory.findCluster(name);
        if (other != null) {
            String nodes = other.nodes().stream().map(ClusterNode::name).collect(Collectors.joining(", "));
            throw InventoryException.conflict(
                    "cluster",
                    other.name(),
                    "there is a cluster '%s' already, of %s".formatted(other.name(), nodes),
                    "choose another name");
        }
    }
}
