package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.ArrayList;
import java.util.List;

/** Which disks all nodes see: signature, device identifier and serial number have to be the same everywhere. */
final class ListClusterDisksCheck implements StorageCheck {
    @Override
    public String id() {
        return "potential-cluster-disks";
    }

    @Override
    public String name() {
        return "List Potential Cluster Disks";
    }

    @Override
    public String description() {
        return "Lists the disks that all nodes see as one and the same, and that are not in use by somebody else.";
    }

    @Override
    public boolean needsSharedDisks() {
        return false;
    }

    @Override
    public boolean changesDisks() {
        return false;
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        steps.because("Windows takes a disk into a cluster only when all nodes see it with the same signature, device"
                + " identifier and serial number, and nobody else has it reserved");
        if (cluster.nodes().stream().anyMatch(node -> cluster.disksOf(node).isEmpty())) {
            throw StepFailure.wrong("comparing the disks of the nodes", "disks on every node", "a node without any");
        }
        List<SharedDisk> shared = new ArrayList<>();
        for (NodeDisk disk : cluster.disksOf(cluster.nodes().getFirst())) {
            List<NodeDisk> same = cluster.nodes().stream()
                    .flatMap(node -> cluster.disksOf(node).stream().filter(each -> isSame(each, disk)))
                    .toList();
            String excluded = same.size() == cluster.nodes().size() ? usedBy(steps, disk) : unequal(cluster, disk);
            if (excluded.isEmpty()) {
                steps.say("is visible to all nodes and will be tested", disk);
                shared.add(new SharedDisk(disk.seen().serial(), same));
            } else {
                steps.warn("disk %s excluded: %s".formatted(disk.seen().serial(), excluded));
            }
        }
        if (shared.isEmpty()) {
            throw StepFailure.wrong(
                    "comparing the disks of the nodes",
                    "a disk that all nodes see and nobody else uses",
                    String.join("; ", steps.warnings()));
        }
        shared.forEach(cluster::share);
    }

    private static boolean isSame(NodeDisk one, NodeDisk other) {
        return one.seen().signature().equals(other.seen().signature())
                && one.seen().identifier().equals(other.seen().identifier())
                && one.seen().serial().equals(other.seen().serial());
    }

    /** Why it is not one disk to all nodes. */
    private static String unequal(StorageCluster cluster, NodeDisk disk) {
        for (var node : cluster.nodes()) {
            List<NodeDisk> theirs = cluster.disksOf(node);
            if (theirs.stream().noneMatch(each -> isSame(each, disk))) {
                return theirs.size() == 1
                        ? "node %s sees it as %s, and node %s sees %s"
                                .formatted(disk.node(), identity(disk), node.name(), identity(theirs.getFirst()))
                        : "node %s sees it as %s, and none of the %d disks of node %s is that"
                                .formatted(disk.node(), identity(disk), theirs.size(), node.name());
            }
        }
        return "a node sees more than one disk with the identity of %s".formatted(identity(disk));
    }

    private static String identity(NodeDisk disk) {
        SeenDisk seen = disk.seen();
        return "serial %s, identifier %s, signature %s"
                .formatted(orNone(seen.serial()), orNone(seen.identifier()), seen.signature());
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "(none)" : text;
    }

    private static String usedBy(StorageSteps steps, NodeDisk disk) {
        if (disk.seen().capacity().bytes() < (long) NodeDisk.SCRATCH_END_SECTOR * NodeDisk.SECTOR_BYTES) {
            return "it is too small to be tested";
        }
        List<Long> strangers;
        try {
            strangers = steps.await(StorageSteps.from("reading the keys", disk), disk.readKeys()).keys().stream()
                    .filter(key -> !StorageSteps.isOurs(key))
                    .toList();
        } catch (StepFailure failure) {
            if (failure.kind() != StepFailure.Kind.WRONG) {
                throw failure;
            }
            // Whether reservations work is for another test to say.
            steps.say("whether somebody has it reserved cannot be told: " + failure.getMessage(), disk);
            return "";
        }
        return strangers.isEmpty()
                ? ""
                : "%d key(s) are registered, the first of them %x: it may be part of another cluster"
                        .formatted(strangers.size(), strangers.getFirst());
    }
}
