package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;

/** Nodes in turns read and write a sector, each within three seconds. */
final class AccessLatencyCheck implements StorageCheck {
    private static final long LIMIT_NANOS = 3_000_000_000L;
    private static final int ROUNDS = 5;

    @Override
    public String name() {
        return "Validate Disk Access Latency";
    }

    @Override
    public String description() {
        return "Measures how long raw reads and writes of one sector take from each node.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (SharedDisk disk : cluster.shared()) {
            for (int round = 0; round < ROUNDS; round++) {
                for (NodeDisk each : disk.onNodes()) {
                    String content = "latency %d of node %s".formatted(round, each.node());
                    check(steps.await("raw write", each.rawWrite(NodeDisk.SCRATCH_X, content)), "write", each);
                    NodeDisk.Access read = steps.await("raw read", each.rawRead(NodeDisk.SCRATCH_X));
                    check(read, "read", each);
                    StepFailure.unless(
                            read.data().equals(NodeDisk.sector(content)),
                            "node %s reads something else than it wrote".formatted(each.node()));
                }
            }
        }
    }

    private static void check(NodeDisk.Access access, String what, NodeDisk disk) {
        StepFailure.unless(
                access.result().isGood() && access.latencyNanos() <= LIMIT_NANOS,
                "failed to %s disk %s from node %s: latency %d ms, %s"
                        .formatted(
                                what,
                                disk.seen().serial(),
                                disk.node(),
                                access.latencyNanos() / 1_000_000,
                                access.result()));
    }
}
