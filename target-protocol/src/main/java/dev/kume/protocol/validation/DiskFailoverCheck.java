package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;

/** A disk goes from node to node with a file on it. */
final class DiskFailoverCheck implements StorageCheck {
    @Override
    public String id() {
        return "disk-failover";
    }

    @Override
    public String name() {
        return "Validate Disk Failover";
    }

    @Override
    public String description() {
        return "Checks that a disk can move from each node to the next, and that a file is there after it.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (SharedDisk disk : cluster.shared()) {
            int nodes = disk.onNodes().size();
            for (int i = 0; i < nodes; i++) {
                NodeDisk from = disk.onNodes().get(i);
                NodeDisk to = disk.onNodes().get((i + 1) % nodes);
                steps.because("a virtual machine that moves continues from what the node before has written last");
                String file = "written on %s in turn %d".formatted(from.node(), i);
                take(steps, from);
                steps.await(StorageSteps.from("writing a file", from), from.writeFile(0, file));
                give(steps, from);
                take(steps, to);
                steps.answer(true, "finding the file as it was written", to, to.verifyFile(0, file));
                steps.await(StorageSteps.from("deleting the file", to), to.deleteFile(0));
                give(steps, to);
                steps.answer(false, "finding the deleted file", from, from.verifyFile(0, file));
            }
        }
    }

    /** Arbitrate, then online. */
    static void take(StorageSteps steps, NodeDisk disk) {
        steps.answer(true, "arbitrating", disk, disk.arbitrate(steps.newKey()));
        steps.await(StorageSteps.from("bringing the disk online", disk), disk.bringOnline());
    }

    /** Offline, then the end of the defence. */
    static void give(StorageSteps steps, NodeDisk disk) {
        steps.await(StorageSteps.from("taking the disk offline", disk), disk.takeOffline());
        steps.good("stopping the defence", disk, disk.stopDefence());
    }
}
