package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.SenseWords;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** All disks at once, with owners on all nodes, go one node on; two rounds. */
final class SimultaneousFailoverCheck implements StorageCheck {
    private static final int ROUNDS = 2;
    private static final int FILE = 1;

    @Override
    public String id() {
        return "simultaneous-failover";
    }

    @Override
    public String name() {
        return "Validate Simultaneous Failover";
    }

    @Override
    public String description() {
        return "Checks that all disks can move to other nodes at the same time, with files on them.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        steps.because(
                "when a node fails all of its disks move at the same time, and the virtual machines on them wait");
        for (int round = 0; round < ROUNDS; round++) {
            List<NodeDisk> from = owners(cluster, round);
            List<NodeDisk> to = owners(cluster, round + 1);
            List<CompletableFuture<Void>> moves = new ArrayList<>();
            for (int i = 0; i < from.size(); i++) {
                moves.add(move(from.get(i), to.get(i), steps.newKey(), steps.newKey()));
            }
            steps.awaitAll("moving all disks", moves);
        }
    }

    private static List<NodeDisk> owners(StorageCluster cluster, int offset) {
        List<NodeDisk> owners = new ArrayList<>();
        for (SharedDisk disk : cluster.shared()) {
            owners.add(
                    disk.onNodes().get((owners.size() + offset) % disk.onNodes().size()));
        }
        return owners;
    }

    private static CompletableFuture<Void> move(NodeDisk from, NodeDisk to, long keyFrom, long keyTo) {
        String content =
                "%s gives disk %s away".formatted(from.node(), from.seen().serial());
        return take(from, keyFrom)
                .thenCompose(ignored -> from.writeFile(FILE, content))
                .thenCompose(ignored -> give(from))
                .thenCompose(ignored -> take(to, keyTo))
                .thenCompose(ignored -> to.verifyFile(FILE, content))
                .thenAccept(same -> check(same, "finding the file after the move", to, "the file", "other data"))
                .thenCompose(ignored -> to.deleteFile(FILE))
                .thenCompose(ignored -> give(to));
    }

    private static CompletableFuture<Void> take(NodeDisk disk, long key) {
        return disk.arbitrate(key)
                .thenAccept(won -> check(won, "taking a disk that was given up", disk, "the disk", "somebody else's"))
                .thenCompose(ignored -> disk.bringOnline());
    }

    private static CompletableFuture<Void> give(NodeDisk disk) {
        return disk.takeOffline()
                .thenCompose(ignored -> disk.stopDefence())
                .thenAccept(
                        result -> check(result.isGood(), "giving the disk up", disk, "GOOD", SenseWords.of(result)));
    }

    private static void check(boolean holds, String what, NodeDisk disk, String expected, String seen) {
        if (!holds) {
            throw StepFailure.wrong(StorageSteps.from(what, disk), expected, seen);
        }
    }
}
