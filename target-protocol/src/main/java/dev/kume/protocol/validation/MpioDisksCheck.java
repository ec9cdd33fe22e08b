package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;

/** Every path of every disk can be used. */
final class MpioDisksCheck implements StorageCheck {
    @Override
    public String id() {
        return "mpio-disks";
    }

    @Override
    public String name() {
        return "Validate Microsoft MPIO-based Disks";
    }

    @Override
    public String description() {
        return "Checks that all paths of each disk can be used on each node.";
    }

    @Override
    public boolean changesDisks() {
        return false;
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        steps.because("a registration must reach the disk by every path, and a path that does not answer is none when"
                + " the others fail");
        for (SharedDisk disk : cluster.shared()) {
            for (NodeDisk each : disk.onNodes()) {
                String what = "asking each path";
                int ready =
                        steps.await(StorageSteps.from(what, each), each.paths().readyPaths());
                if (ready != each.pathCount() || ready == 0) {
                    throw StepFailure.wrong(
                            StorageSteps.from(what, each),
                            "%d usable path(s)".formatted(each.pathCount()),
                            String.valueOf(ready));
                }
                steps.say("has %d usable path(s)%s".formatted(ready, ready == 1 ? ": no other takes over" : ""), each);
            }
        }
    }
}
