package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.PersistentReserve;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Each node can become the owner of each disk, and keeps it when the others challenge it. */
final class DiskArbitrationCheck implements StorageCheck {
    @Override
    public String name() {
        return "Validate Disk Arbitration";
    }

    @Override
    public String description() {
        return "Checks that each node can become the owner of each disk, and stays it when others challenge it.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (int owner = 0; owner < cluster.nodes().size(); owner++) {
            round(cluster, steps, owner);
        }
    }

    /** All disks at once, for the challengers have to wait. */
    private static void round(StorageCluster cluster, StorageSteps steps, int index) {
        List<NodeDisk> owned = new ArrayList<>();
        for (SharedDisk disk : cluster.shared()) {
            NodeDisk owner = disk.onNodes().get(index);
            steps.answer(true, "arbitrating", owner, owner.arbitrate(steps.newKey()));
            owned.add(owner);
        }
        List<NodeDisk> challengers = new ArrayList<>();
        List<CompletableFuture<Boolean>> challenges = new ArrayList<>();
        for (SharedDisk disk : cluster.shared()) {
            for (NodeDisk each : disk.onNodes()) {
                if (!owned.contains(each)) {
                    steps.say("challenging the owner", each);
                    challengers.add(each);
                    challenges.add(each.arbitrate(steps.newKey()));
                }
            }
        }
        for (int i = 0; i < challenges.size(); i++) {
            NodeDisk challenger = challengers.get(i);
            StepFailure.unless(
                    !steps.await("the challenge", challenges.get(i)),
                    "node %s takes disk %s from an owner that defends it"
                            .formatted(challenger.node(), challenger.seen().serial()));
        }
        owned.forEach(owner -> use(steps, owner));
        for (NodeDisk challenger : challengers) {
            StepFailure.unless(
                    steps.await("raw write", challenger.rawWrite(NodeDisk.SCRATCH_X, "the loser's"))
                            .isConflict(),
                    "node %s, which has lost, still writes".formatted(challenger.node()));
        }
        owned.forEach(owner -> leave(steps, owner));
    }

    private static void use(StorageSteps steps, NodeDisk owner) {
        StepFailure.unless(
                owner.arbiter().isOwner(),
                "node %s lost disk %s".formatted(owner.node(), owner.seen().serial()));
        String content =
                "owned by %s with %x".formatted(owner.node(), owner.arbiter().key());
        NodeDisk.Access write = steps.await("raw write", owner.rawWrite(NodeDisk.SCRATCH_X, content));
        NodeDisk.Access read = steps.await("raw read", owner.rawRead(NodeDisk.SCRATCH_X));
        StepFailure.unless(
                write.result().isGood() && read.result().isGood(),
                "the owner, node %s, has no access: %s, %s".formatted(owner.node(), write.result(), read.result()));
        StepFailure.unless(
                read.data().equals(NodeDisk.sector(content)),
                "node %s reads what it did not write".formatted(owner.node()));
        PersistentReserve.Keys keys = steps.await("READ KEYS", owner.readKeys());
        StepFailure.unless(
                keys.count(owner.arbiter().key()) == owner.pathCount()
                        && keys.keys().size() == owner.pathCount(),
                "other keys than those of node %s on its %d path(s): %s"
                        .formatted(owner.node(), owner.pathCount(), keys));
    }

    private static void leave(StorageSteps steps, NodeDisk owner) {
        steps.await("online", owner.bringOnline());
        steps.await("offline", owner.takeOffline());
        steps.good("stopping the defence", owner, owner.stopDefence());
        steps.answer(NodeDisk.Presence.NONE, "attempting to read PR", owner, owner.isReservationPresent(0));
    }
}
