package dev.kume.core.inventory;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as somebody asks for it; {@link Clusters#create} makes targets, access, mappings and a record of it.
 *
 * @param name        of the cluster
 * @param nodes       at least one
 * @param disks       disks that are there, in the order in which they get LUNs
 * @param oneTarget   true: all nodes log in to one target of the cluster's name
 * @param description free text, maybe empty
 * @param access      of the targets, beside the nodes' initiator names
 * @param created     now
 */
public record ClusterPlan(
        String name,
        List<Node> nodes,
        List<Disk> disks,
        boolean oneTarget,
        String description,
        Access access,
        Instant created) {
    public ClusterPlan {
        nodes = List.copyOf(nodes);
        disks = List.copyOf(disks);
    }

    /**
     * A node.
     *
     * @param name also of its target
     * @param iqns as people write them
     */
    public record Node(String name, List<String> iqns) {
        public Node {
            iqns = List.copyOf(iqns);
        }
    }

    /**
     * A disk.
     *
     * @param lun null: the lowest that is free in the targets of all nodes
     */
    public record Disk(
            String disk, ClusterRole role, @Nullable Integer lun) {}

    /**
     * What the targets ask of the nodes.
     *
     * @param iqns    makes the iSCSI name of a new target
     * @param chap    null: a target that is there keeps what it has, and a new one asks for no proof
     * @param portals names of portals; null: a target that is there keeps what it has, and a new one is seen by all
     * @param known   the names of all portals there are
     */
    public record Access(
            TargetIqns iqns,
            @Nullable ChapRule chap,
            @Nullable List<String> portals,
            List<String> known) {}

    /** The iSCSI name of a target that was given none. */
    @FunctionalInterface
    public interface TargetIqns {
        String of(String target);
    }
}
