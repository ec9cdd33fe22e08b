package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.ArrayList;
import java.util.List;

/** Which disks all nodes see: signature, device identifier and serial number have to be the same everywhere. */
final class ListClusterDisksCheck implements StorageCheck {
    @Override
    public String name() {
        return "List Potential Cluster Disks";
    }

    @Override
    public String description() {
        return "Lists the disks that all nodes see and that are not in use by somebody else.";
    }

    @Override
    public boolean needsSharedDisks() {
        return false;
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        List<SharedDisk> shared = new ArrayList<>();
        for (NodeDisk disk : cluster.disksOf(cluster.nodes().getFirst())) {
            List<NodeDisk> same = cluster.nodes().stream()
                    .flatMap(node -> cluster.disksOf(node).stream().filter(each -> isSame(each, disk)))
                    .toList();
            if (same.size() != cluster.nodes().size()) {
                steps.warn("disk %s excluded: %d of %d nodes see it"
                        .formatted(
                                disk.seen().serial(),
                                same.size(),
                                cluster.nodes().size()));
            } else if (steps.await("READ RESERVATION", disk.readReservation()).isHeld()) {
                steps.warn("disk %s excluded: it has a persistent reservation and may be part of another cluster"
                        .formatted(disk.seen().serial()));
            } else {
                steps.say("is visible to all nodes and will be tested", disk);
                shared.add(new SharedDisk(disk.seen().serial(), same));
            }
        }
        StepFailure.unless(!shared.isEmpty(), "there is no disk that could be tested");
        shared.forEach(cluster::share);
    }

    private static boolean isSame(NodeDisk one, NodeDisk other) {
        return one.seen().signature().equals(other.seen().signature())
                && one.seen().identifier().equals(other.seen().identifier())
                && one.seen().serial().equals(other.seen().serial());
    }
}
