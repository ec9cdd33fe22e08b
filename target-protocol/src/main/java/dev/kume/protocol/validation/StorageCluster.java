package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.NodeDisk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes that are validated, and the disks that they have been found to share. For the thread of the tests. */
final class StorageCluster {
    private final List<Member> members;
    private final Map<ClusterNode, List<NodeDisk>> found = new LinkedHashMap<>();
    private final List<SharedDisk> shared = new ArrayList<>();
    private boolean mayChange = true;

    /** A node and the ways by which it comes; none when it is there. */
    record Member(ClusterNode node, List<ClusterNode.Way> ways) {}

    /** One disk, as the nodes have it, in the order of the nodes. */
    record SharedDisk(String serial, List<NodeDisk> onNodes) {}

    StorageCluster(List<Member> members) {
        this.members = List.copyOf(members);
    }

    List<Member> members() {
        return members;
    }

    List<ClusterNode> nodes() {
        return members.stream().map(Member::node).toList();
    }

    void found(ClusterNode node, List<NodeDisk> disks) {
        found.put(node, List.copyOf(disks));
    }

    List<NodeDisk> disksOf(ClusterNode node) {
        return found.getOrDefault(node, List.of());
    }

    void share(SharedDisk disk) {
        shared.add(disk);
    }

    List<SharedDisk> shared() {
        return List.copyOf(shared);
    }

    /** Nobody has agreed to what changes disks. */
    void leaveAlone() {
        mayChange = false;
    }

    boolean mayChange() {
        return mayChange;
    }
}
