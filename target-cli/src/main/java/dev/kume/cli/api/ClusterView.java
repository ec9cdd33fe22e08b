package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One failover cluster.
 *
 * @param name        its name
 * @param description free text, maybe empty
 * @param oneTarget   true when all nodes log in to one target
 * @param nodes       in the order in which they came
 * @param disks       by LUN
 * @param created     when it was created
 */
public record ClusterView(
        String name, String description, boolean oneTarget, List<Node> nodes, List<Disk> disks, Instant created) {
    public ClusterView {
        nodes = Lists.orEmpty(nodes);
        disks = Lists.orEmpty(disks);
    }

    /**
     * One node.
     *
     * @param name      its name
     * @param iqns      its initiator names
     * @param target    the name of the target that it logs in to
     * @param targetIqn that target's iSCSI name
     * @param sessions  where it is logged in to that target from
     */
    public record Node(String name, List<String> iqns, String target, String targetIqn, List<Session> sessions) {
        public Node {
            iqns = Lists.orEmpty(iqns);
            sessions = Lists.orEmpty(sessions);
        }
    }

    /**
     * One session of a node.
     *
     * @param id      what {@code session logout} takes
     * @param address where it comes from, without the port
     */
    public record Session(long id, String address) {}

    /**
     * One disk.
     *
     * @param name      the disk's name
     * @param role      {@code witness}, {@code data} or {@code csv}
     * @param lun       its number, in the targets of all nodes
     * @param size      for people
     * @param sizeBytes in bytes
     * @param status    the disk's status
     * @param holder    the node whose reservation it has, by name, or the initiator name of another; null: none
     * @param registered nodes that are registered with it, by name, or initiator names of others
     */
    public record Disk(
            String name,
            String role,
            int lun,
            String size,
            long sizeBytes,
            String status,
            @Nullable String holder,
            List<String> registered) {
        public Disk {
            registered = Lists.orEmpty(registered);
        }
    }

    /** Answer of {@code GET /v1/clusters}, sorted by name. */
    public record Listing(List<ClusterView> clusters) {}
}
