package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.PersistentReserve.Keys;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Each node can become the owner of each disk, and keeps it when the others challenge it. */
final class DiskArbitrationCheck implements StorageCheck {
    private static final String OWNS = "a cluster brings a disk online on the node that has won it, and nowhere else";
    private static final String DEFENDS = "when nodes lose sight of each other each of them tries for the disk: the one"
            + " that is alive and owns it must keep it, or both run the same virtual machines";

    @Override
    public String id() {
        return "arbitration";
    }

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
            steps.because(OWNS).answer(true, "arbitrating for a free disk", owner, owner.arbitrate(steps.newKey()));
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
        steps.because(DEFENDS);
        for (int i = 0; i < challenges.size(); i++) {
            NodeDisk challenger = challengers.get(i);
            String what = StorageSteps.from("challenging the owner", challenger);
            if (steps.await(what, challenges.get(i))) {
                throw StepFailure.wrong(
                        what, "to lose against an owner that defends the disk", "the disk taken from it");
            }
        }
        owned.forEach(owner -> use(steps, owner));
        steps.because(DEFENDS);
        for (NodeDisk challenger : challengers) {
            steps.conflictingAccess(
                    "writing after a lost challenge",
                    challenger,
                    challenger.rawWrite(NodeDisk.SCRATCH_X, "the loser's"));
        }
        owned.forEach(owner -> leave(steps, owner));
    }

    private static void use(StorageSteps steps, NodeDisk owner) {
        steps.because(DEFENDS);
        if (!owner.arbiter().isOwner()) {
            throw StepFailure.wrong(
                    StorageSteps.from("defending the disk", owner), "the owner to keep it", "its key gone");
        }
        steps.because(OWNS);
        String content =
                "owned by %s with %x".formatted(owner.node(), owner.arbiter().key());
        steps.goodAccess("writing as the owner", owner, owner.rawWrite(NodeDisk.SCRATCH_X, content));
        NodeDisk.Access read = steps.goodAccess("reading as the owner", owner, owner.rawRead(NodeDisk.SCRATCH_X));
        if (!read.data().equals(owner.block(content))) {
            throw StepFailure.wrong(
                    StorageSteps.from("reading as the owner", owner), "what it has written", "other data");
        }
        steps.because(DEFENDS);
        Keys keys = steps.await(StorageSteps.from("reading the keys", owner), owner.readKeys());
        if (keys.count(owner.arbiter().key()) != owner.pathCount()
                || keys.keys().size() != owner.pathCount()) {
            throw StepFailure.wrong(
                    StorageSteps.from("reading the keys", owner),
                    "the owner's key on its %d path(s) and no other".formatted(owner.pathCount()),
                    hexadecimal(keys));
        }
    }

    private static String hexadecimal(Keys keys) {
        return keys.keys().isEmpty()
                ? "no key"
                : keys.keys().stream().map(Long::toHexString).collect(Collectors.joining(", "));
    }

    private static void leave(StorageSteps steps, NodeDisk owner) {
        steps.because("a disk that is given up must be free for the next node");
        steps.await(StorageSteps.from("bringing the disk online", owner), owner.bringOnline());
        steps.await(StorageSteps.from("taking the disk offline", owner), owner.takeOffline());
        steps.good("stopping the defence", owner, owner.stopDefence());
        steps.answer(NodeDisk.Presence.NONE, "attempting to read PR", owner, owner.isReservationPresent(0));
    }
}
