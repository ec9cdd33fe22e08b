package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.NodeDisk.Access;
import dev.kume.protocol.cluster.NodeDisk.Presence;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;
import java.util.List;

/**
 * Persistent reservations between every two nodes, in both directions, on every disk; in a big cluster between each
 * node and the next.
 */
final class ReservationCheck implements StorageCheck {
    private static final int ALL_PAIRS_NODES = 8;

    private static final String CLEAN =
            "a node that leaves a disk takes its key away like this, and the next owner must find the disk free";
    private static final String OWN =
            "the owner of a cluster disk is the node that holds its reservation, and every node must see that it does";
    private static final String FENCE =
            "by this Windows keeps a node that has lost a disk away from it: where it fails,"
                    + " two nodes change one file system, and destroy it";
    private static final String JOIN =
            "a challenger registers before it may challenge, and must not get more by that than the right to ask";

    @Override
    public String id() {
        return "persistent-reservation";
    }

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
            int nodes = disk.onNodes().size();
            int others = nodes <= ALL_PAIRS_NODES ? nodes - 1 : 1;
            for (int owner = 0; owner < nodes; owner++) {
                for (int step = 1; step <= others; step++) {
                    new Pair(steps, disk.onNodes().get(owner), disk.onNodes().get((owner + step) % nodes)).run();
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
            steps.because(OWN);
            steps.good("registering PR key", a, a.register(keyA));
            steps.good("putting PR reserve", a, a.reserve(keyA));
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
            seenByOther();
            steps.good("putting PR reserve again", a, a.reserve(keyA));
            asStranger();
            asRegistrant();
            access();
            steps.because(CLEAN);
            steps.good("unregistering PR key", a, a.unregister());
            steps.answer(Presence.NONE, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.answer(Presence.NONE, "attempting to read PR", b, b.isReservationPresent(keyB));
            steps.answer(false, "finding any PR key", b, b.findKey(0));
        }

        /** The first thing that goes wrong where one disk is shown by two targets that know nothing of each other. */
        private void seenByOther() {
            String what = "attempting to read PR";
            steps.say(what, b);
            Presence presence = steps.await(StorageSteps.from(what, b), b.isReservationPresent(keyB));
            if (presence != Presence.OTHERS) {
                String alone = presence != Presence.NONE
                        ? ""
                        : ", although node %s, which holds it, sees it: what one node reserves, the target of the other"
                                        .formatted(a.node())
                                + " does not know";
                throw StepFailure.wrong(StorageSteps.from(what, b), Presence.OTHERS.toString(), presence + alone);
            }
        }

        private void clean() {
            steps.because(CLEAN);
            steps.good("unregistering PR key", a, a.unregister());
            steps.good("unregistering PR key", b, b.unregister());
            steps.answer(Presence.NONE, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.answer(Presence.NONE, "attempting to read PR", b, b.isReservationPresent(keyB));
        }

        private void asStranger() {
            steps.because(FENCE);
            steps.conflict("preempting without a key", b, b.preempt(keyA, keyB));
            steps.conflict("reserving without a key", b, b.reserve(keyB));
            steps.conflict("releasing without a key", b, b.release(keyB));
            steps.conflict("clearing without a key", b, b.clear(keyB));
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
        }

        private void asRegistrant() {
            steps.because(JOIN);
            steps.good("registering PR key", b, b.register(keyB));
            steps.conflict("putting PR reserve", b, b.reserve(keyB));
            steps.good("releasing what is another's", b, b.release(keyB));
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
            steps.good("unregistering PR key", b, b.unregister());
            steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(keyA));
        }

        private void access() {
            String content = "written by %s under %x".formatted(a.node(), keyA);
            steps.because(FENCE);
            steps.conflictingAccess("writing without a key", b, b.rawWrite(NodeDisk.SCRATCH_Y, "a stranger's"));
            steps.because("a node looks at a disk before it owns it: this reservation keeps writers out, not readers");
            steps.goodAccess("reading the drive layout without a key", b, b.rawRead(0));
            steps.because("what the owner writes must be on the disk, whichever node looks");
            steps.goodAccess("writing as the owner", a, a.rawWrite(NodeDisk.SCRATCH_Y, content));
            for (NodeDisk each : List.of(a, b)) {
                Access read = steps.goodAccess("reading what the owner wrote", each, each.rawRead(NodeDisk.SCRATCH_Y));
                if (!read.data().equals(each.block(content))) {
                    throw StepFailure.wrong(
                            StorageSteps.from("reading what the owner wrote", each), "the same data", "other data");
                }
            }
        }
    }
}
