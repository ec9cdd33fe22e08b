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
    public String id() {
        return "multiple-arbitration";
    }

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
        steps.because("after a power cut all nodes come at once: with two winners two nodes mount one file system, and"
                + " with none the cluster does not come up");
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
            if (winners != 1) {
                throw StepFailure.wrong(
                        "arbitrating from all nodes at once on disk " + disk.serial(),
                        "exactly one winner",
                        winners == 0 ? "none" : winners + " of them");
            }
            NodeDisk winner = disk.onNodes().get(won.indexOf(true));
            for (NodeDisk each : disk.onNodes()) {
                if (each == winner) {
                    steps.goodAccess("writing as the winner", each, each.rawWrite(NodeDisk.SCRATCH_X, each.node()));
                } else {
                    steps.conflictingAccess("writing as a loser", each, each.rawWrite(NodeDisk.SCRATCH_X, each.node()));
                }
            }
            steps.good("stopping the defence", winner, winner.stopDefence());
        }
    }

    /** Each also takes its old keys away at that moment. */
    private static CompletableFuture<Boolean> arbitrate(NodeDisk disk, long key) {
        return disk.unregister().thenCompose(ignored -> disk.arbitrate(key));
    }
}
