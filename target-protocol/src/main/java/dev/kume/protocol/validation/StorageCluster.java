package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.NodeDisk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes that are validated, and the disks that they have been found to share. For the thread of the tests. */
final class StorageCluster {
    private final List<ClusterNode> nodes;
    private final Map<ClusterNode, List<NodeDisk>> found = new LinkedHashMap<>();
    private final List<SharedDisk> shared = new ArrayList<>();

    /** One disk, as the nodes have it, in the order of the nodes. */
    record SharedDisk(String serial, List<NodeDisk> onNodes) {}

    StorageCluster(List<ClusterNode> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    List<ClusterNode> nodes() {
        return nodes;
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
}
