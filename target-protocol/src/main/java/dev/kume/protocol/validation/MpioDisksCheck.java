package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;

/** Every path of every disk can be used. */
final class MpioDisksCheck implements StorageCheck {
    @Override
    public String name() {
        return "Validate Microsoft MPIO-based Disks";
    }

    @Override
    public String description() {
        return "Checks that all paths of each disk can be used on each node.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (SharedDisk disk : cluster.shared()) {
            for (NodeDisk each : disk.onNodes()) {
                int usable = steps.await("looking for paths", each.paths().usablePaths());
                steps.say(
                        "has %d usable path(s)%s".formatted(usable, usable == 1 ? ": no other takes over" : ""), each);
                StepFailure.unless(
                        usable == each.pathCount() && usable > 0,
                        "disk %s from node %s has %d usable path(s) of %d"
                                .formatted(disk.serial(), each.node(), usable, each.pathCount()));
            }
        }
    }
}
