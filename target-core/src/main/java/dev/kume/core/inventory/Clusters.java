package dev.kume.core.inventory;

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
            throw InventoryException.conflict(
                    "cluster",
                    other.name(),
                    "there is a cluster '%s' already, of %s"
                            .formatted(
                                    other.name(),
                                    String.join(
                                            ", ",
                                            other.nodes().stream()
                                                    .map(ClusterNode::name)
                                                    .toList())),
                    "choose another name");
        }
    }
}
