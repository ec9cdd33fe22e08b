package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.cluster.StepFailure;
import java.util.List;

/** An inventory of every disk on each node. */
final class ListDisksCheck implements StorageCheck {
    @Override
    public String name() {
        return "List Disks";
    }

    @Override
    public String description() {
        return "Lists all disks that each node sees.";
    }

    @Override
    public boolean needsSharedDisks() {
        return false;
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (ClusterNode node : cluster.nodes()) {
            List<NodeDisk> disks = steps.await("looking for disks on node " + node.name(), node.findDisks());
            StepFailure.unless(!disks.isEmpty(), "node %s sees no disk".formatted(node.name()));
            cluster.found(node, disks);
            for (NodeDisk disk : disks) {
                SeenDisk seen = disk.seen();
                steps.say(
                        "LUN %d, signature %s, identifier %s, %d bytes in blocks of %d, bus iSCSI, paths %d"
                                .formatted(
                                        seen.lun(),
                                        seen.signature(),
                                        seen.identifier(),
                                        seen.capacity().bytes(),
                                        seen.capacity().blockBytes(),
                                        disk.pathCount()),
                        disk);
            }
        }
    }
}
