package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.ClusterNode;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SeenDisk;
import dev.kume.protocol.cluster.StepFailure;
import java.util.List;

/** An inventory of every disk on each node. Nodes that are not there yet come for it. */
final class ListDisksCheck implements StorageCheck {
    @Override
    public String id() {
        return "list-disks";
    }

    @Override
    public String name() {
        return "List Disks";
    }

    @Override
    public String description() {
        return "Logs each node in and lists all disks that it sees.";
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
        for (StorageCluster.Member member : cluster.members()) {
            ClusterNode node = member.node();
            steps.because("a node that cannot reach the storage can neither own its disks nor take them over");
            for (ClusterNode.Way way : member.ways()) {
                String what = "logging in from node %s as %s to %s at %s"
                        .formatted(node.name(), way.initiator().name(), way.target(), way.portal());
                steps.say(what);
                steps.await(what, node.connect(way));
            }
            steps.because("Windows makes a disk only of a unit that answers to what it asks every disk");
            List<NodeDisk> disks = steps.await("looking for disks from node " + node.name(), node.findDisks());
            if (disks.isEmpty()) {
                throw StepFailure.wrong("looking for disks from node " + node.name(), "a disk", "none");
            }
            cluster.found(node, disks);
            disks.forEach(disk -> list(steps, disk));
        }
    }

    private static void list(StorageSteps steps, NodeDisk disk) {
        SeenDisk seen = disk.seen();
        steps.say(
                "LUN %d, %s, serial %s, signature %s, identifier %s, %d bytes in blocks of %d, bus iSCSI, paths %d"
                        .formatted(
                                seen.lun(),
                                seen.model(),
                                seen.serial(),
                                seen.signature(),
                                seen.identifier(),
                                seen.capacity().bytes(),
                                seen.capacity().blockBytes(),
                                disk.pathCount()),
                disk);
    }
}
