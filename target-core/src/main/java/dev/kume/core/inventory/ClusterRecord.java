package dev.kume.core.inventory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One failover cluster: hosts that use the same disks and arbitrate among themselves. What it says of disks, targets,
 * access and LUNs is true of their records too; {@link Clusters} keeps it so.
 *
 * @param name        unique without case
 * @param nodes       in the order in which they came; at least one
 * @param disks       in the order in which they came
 * @param oneTarget   true when all nodes log in to one target; false when each has its own
 * @param description free text, maybe empty
 * @param created     when it was created
 */
public record ClusterRecord(
        String name,
        List<ClusterNode> nodes,
        List<ClusterDisk> disks,
        boolean oneTarget,
        String description,
        Instant created) {
    public ClusterRecord {
        Names.checked("cluster", name);
        Names.checkedDescription(description);
        nodes = List.copyOf(nodes);
        disks = List.copyOf(disks);
        if (nodes.isEmpty()) {
            throw InventoryException.invalid(
                    "cluster '%s' has no node".formatted(name), "name one with --node NAME=IQN");
        }
        TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (ClusterNode node : nodes) {
            if (!names.add(node.name())) {
                throw InventoryException.invalid(
                        "cluster '%s' has the node '%s' twice".formatted(name, node.name()),
                        "name each node once; several initiator names of one node are written NAME=IQN,IQN");
            }
        }
    }

    /** The node of this name, or null. */
    public @Nullable ClusterNode findNode(String node) {
        return nodes.stream()
                .filter(each -> each.name().equalsIgnoreCase(node))
                .findFirst()
                .orElse(null);
    }

    /** The node of this name; {@link InventoryException.Kind#NOT_FOUND} when there is none. */
    public ClusterNode node(String node) {
        ClusterNode found = findNode(node);
        if (found == null) {
            throw missing("node", node, nodes.stream().map(ClusterNode::name).toList());
        }
        return found;
    }

    /** What the cluster has of the disk of this name, or null. */
    public @Nullable ClusterDisk findDisk(String disk) {
        return disks.stream()
                .filter(each -> each.disk().equalsIgnoreCase(disk))
                .findFirst()
                .orElse(null);
    }

    /** What the cluster has of the disk of this name; {@link InventoryException.Kind#NOT_FOUND} for nothing. */
    public ClusterDisk disk(String disk) {
        ClusterDisk found = findDisk(disk);
        if (found == null) {
            throw missing("disk", disk, disks.stream().map(ClusterDisk::disk).toList());
        }
        return found;
    }

    /** The node that has this initiator name, or null. */
    public @Nullable ClusterNode nodeOf(String iqn) {
        return nodes.stream()
                .filter(node -> node.iqns().contains(iqn))
                .findFirst()
                .orElse(null);
    }

    /** The names of the targets of its nodes, each once. */
    public List<String> targets() {
        return List.copyOf(
                new LinkedHashSet<>(nodes.stream().map(ClusterNode::target).toList()));
    }

    private InventoryException missing(String thing, String missing, List<String> names) {
        return new InventoryException(
                InventoryException.Kind.NOT_FOUND,
                "cluster '%s' has no %s '%s'".formatted(name, thing, missing),
                names.isEmpty()
                        ? "'kume cluster show %s' shows what it has".formatted(name)
                        : "it has " + String.join(", ", names),
                thing,
                missing,
                names);
    }

    ClusterRecord renamed(String newName) {
        return new ClusterRecord(newName, nodes, disks, oneTarget, description, created);
    }

    ClusterRecord withDescription(String newDescription) {
        return new ClusterRecord(name, nodes, disks, oneTarget, newDescription, created);
    }

    ClusterRecord with(ClusterNode node) {
        List<ClusterNode> changed = new ArrayList<>(nodes);
        int at = changed.indexOf(findNode(node.name()));
        if (at < 0) {
            changed.add(node);
        } else {
            changed.set(at, node);
        }
        return new ClusterRecord(name, changed, disks, oneTarget, description, created);
    }

    ClusterRecord without(ClusterNode node) {
        List<ClusterNode> left = new ArrayList<>(nodes);
        left.remove(node);
        return new ClusterRecord(name, left, disks, oneTarget, description, created);
    }

    ClusterRecord with(ClusterDisk disk) {
        List<ClusterDisk> changed = new ArrayList<>(disks);
        changed.add(disk);
        return new ClusterRecord(name, nodes, changed, oneTarget, description, created);
    }

    ClusterRecord without(ClusterDisk disk) {
        List<ClusterDisk> left = new ArrayList<>(disks);
        left.remove(disk);
        return new ClusterRecord(name, nodes, left, oneTarget, description, created);
    }

    /** The same cluster when a disk has a new name; this very one when it is none of its disks. */
    ClusterRecord following(DiskRecord replaced, DiskRecord disk) {
        if (Objects.equals(replaced.name(), disk.name()) || findDisk(replaced.name()) == null) {
            return this;
        }
        List<ClusterDisk> changed = disks.stream()
                .map(each -> each.disk().equals(replaced.name()) ? each.of(disk) : each)
                .toList();
        return new ClusterRecord(name, nodes, changed, oneTarget, description, created);
    }

    /** The same cluster when a target has a new name; this very one when none of its nodes has it. */
    ClusterRecord following(TargetRecord replaced, TargetRecord target) {
        if (Objects.equals(replaced.name(), target.name()) || !targets().contains(replaced.name())) {
            return this;
        }
        List<ClusterNode> changed = nodes.stream()
                .map(each -> each.target().equals(replaced.name()) ? each.into(target) : each)
                .toList();
        return new ClusterRecord(name, changed, disks, oneTarget, description, created);
    }
}
