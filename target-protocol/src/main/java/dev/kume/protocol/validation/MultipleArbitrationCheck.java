package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** All nodes arbitrate at the same time, and on each disk one wins. */
final class MultipleArbitrationCheck implements StorageCheck {
    @Override
    public String name() {
        return "Validate Multiple Arbitration";
    }

    @Override
    public String description() {
        return "Checks that exactly one node becomes the owner of a disk when all want it at once.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        List<List<CompletableFuture<Boolean>>> fights = new ArrayList<>();
        for (SharedDisk disk : cluster.shared()) {
            List<CompletableFuture<Boolean>> fight = new ArrayList<>();
            for (NodeDisk each : disk.onNodes()) {
                steps.say("arbitrating, as all others do", each);
                fight.add(arbitrate(each, steps.newKey()));
            }
            fights.add(fight);
        }
        for (int i = 0; i < fights.size(); i++) {
            SharedDisk disk = cluster.shared().get(i);
            List<Boolean> won = steps.awaitAll("the arbitration of disk " + disk.serial(), fights.get(i));
            long winners = won.stream().filter(each -> each).count();
            StepFailure.unless(winners == 1, "%d nodes have won disk %s".formatted(winners, disk.serial()));
            NodeDisk winner = disk.onNodes().get(won.indexOf(true));
            for (NodeDisk each : disk.onNodes()) {
                NodeDisk.Access write = steps.await("raw write", each.rawWrite(NodeDisk.SCRATCH_X, each.node()));
                StepFailure.unless(
                        each == winner ? write.result().isGood() : write.isConflict(),
                        "node %s, which has %s, writes: %s"
                                .formatted(each.node(), each == winner ? "won" : "lost", write.result()));
            }
            steps.good("stopping the defence", winner, winner.stopDefence());
        }
    }

    /** Each also takes its old keys away at that moment. */
    private static CompletableFuture<Boolean> arbitrate(NodeDisk disk, long key) {
        return disk.unregister().thenCompose(ignored -> disk.arbitrate(key));
    }
}
