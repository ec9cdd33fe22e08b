package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.NodeDisk.Access;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;

/** Nodes in turns read and write a sector, each within three seconds. */
final class AccessLatencyCheck implements StorageCheck {
    private static final long LIMIT_NANOS = 3_000_000_000L;
    private static final int ROUNDS = 5;

    @Override
    public String id() {
        return "access-latency";
    }

    @Override
    public String name() {
        return "Validate Disk Access Latency";
    }

    @Override
    public String description() {
        return "Measures how long raw reads and writes of one block take from each node.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (SharedDisk disk : cluster.shared()) {
            long slowest = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (NodeDisk each : disk.onNodes()) {
                    slowest = Math.max(slowest, access(steps, each, round));
                }
            }
            steps.say(
                    "slowest access %d us".formatted(slowest / 1_000),
                    disk.onNodes().getFirst());
        }
    }

    private static long access(StorageSteps steps, NodeDisk disk, int round) {
        steps.because("an owner that cannot write in time is taken for dead, and its disks go to another node");
        String content = "latency %d of node %s".formatted(round, disk.node());
        Access write = steps.goodAccess("raw write", disk, disk.rawWrite(NodeDisk.SCRATCH_X, content));
        inTime("raw write", disk, write);
        Access read = steps.goodAccess("raw read", disk, disk.rawRead(NodeDisk.SCRATCH_X));
        inTime("raw read", disk, read);
        if (!read.data().equals(disk.block(content))) {
            throw StepFailure.wrong(StorageSteps.from("raw read", disk), "what the node has written", "other data");
        }
        return Math.max(write.latencyNanos(), read.latencyNanos());
    }

    private static void inTime(String what, NodeDisk disk, Access access) {
        if (access.latencyNanos() > LIMIT_NANOS) {
            throw StepFailure.wrong(
                    StorageSteps.from(what, disk),
                    "an answer within %d ms".formatted(LIMIT_NANOS / 1_000_000),
                    "one after %d ms".formatted(access.latencyNanos() / 1_000_000));
        }
    }
}
