package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.NodeDisk.Access;
import dev.kume.protocol.cluster.NodeDisk.Presence;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.concurrent.CompletableFuture;

/** Persistent reservations between every two nodes, in both directions, on every disk. */
final class ReservationCheck implements StorageCheck {
    @Override
    public String name() {
        return "Validate SCSI-3 Persistent Reservation";
    }

    @Override
    public String description() {
        return "Checks that each disk keeps registrations and a reservation of one node against all others.";
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        for (SharedDisk disk : cluster.shared()) {
            for (NodeDisk owner : disk.onNodes()) {
                for (NodeDisk other : disk.onNodes()) {
                    if (owner != other) {
                        new Pair(steps, owner, other).run();
                    }
                }
            }
        }
    }

    private static final class Pair {
        private final StorageSteps steps;
        private final NodeDisk a;
        private final NodeDisk b;
        private final long keyA;
        private final long keyB;

        private Pair(StorageSteps steps, NodeDisk a, NodeDisk b) {
            this.steps = steps;
            this.a = a;
            this.b = b;
            keyA = steps.newKey();
            keyB = steps.newKey();
        }

        private void run() {
            clean();
            steps.good("registering PR key", a, a.register(keyA));
            steps.good("putting PR reserve", a, a.reserve(keyA));
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.answer(Presence.OTHERS, "attempting to read PR", b, b.isReservationPresent(keyB));
            steps.good("putting PR reserve again", a, a.reserve(keyA));
            asStranger();
            asRegistrant();
            access();
            steps.good("unregistering PR key", a, a.unregister());
            steps.answer(Presence.NONE, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.answer(Presence.NONE, "attempting to read PR", b, b.isReservationPresent(keyB));
            steps.answer(false, "looking for any PR key", b, b.findKey(0));
        }

        private void clean() {
            steps.good("unregistering PR key", a, a.unregister());
            steps.good("unregistering PR key", b, b.unregister());
            steps.answer(Presence.NONE, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.answer(Presence.NONE, "attempting to read PR", b, b.isReservationPresent(keyB));
        }

        private void asStranger() {
            steps.conflict("preempting without a key", b, b.preempt(keyA, keyB));
            steps.conflict("reserving without a key", b, b.reserve(keyB));
            steps.conflict("releasing without a key", b, b.release(keyB));
            steps.conflict("clearing without a key", b, b.clear(keyB));
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
        }

        private void asRegistrant() {
            steps.good("registering PR key", b, b.register(keyB));
            steps.conflict("putting PR reserve", b, b.reserve(keyB));
            steps.good("releasing what is another's", b, b.release(keyB));
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.good("unregistering PR key", b, b.unregister());
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
        }

        private void access() {
            String content = "written by %s under %x".formatted(a.node(), keyA);
            check(await(b.rawWrite(NodeDisk.SCRATCH_Y, "a stranger's")).isConflict(), "write without a key goes on", b);
            check(await(b.rawRead(0)).result().isGood(), "read of the drive layout without a key fails", b);
            check(await(a.rawWrite(NodeDisk.SCRATCH_Y, content)).result().isGood(), "write of the owner fails", a);
            for (NodeDisk each : new NodeDisk[] {a, b}) {
                Access read = await(each.rawRead(NodeDisk.SCRATCH_Y));
                check(read.result().isGood(), "read fails", each);
                check(read.data().equals(NodeDisk.sector(content)), "read has other data than were written", each);
            }
        }

        private Access await(CompletableFuture<Access> access) {
            return steps.await("raw access", access);
        }

        private static void check(boolean condition, String what, NodeDisk disk) {
            StepFailure.unless(condition, "%s, from node %s".formatted(what, disk.node()));
        }
    }
}
