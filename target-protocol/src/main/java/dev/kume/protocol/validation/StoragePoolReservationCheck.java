package dev.kume.protocol.validation;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.NodeDisk.Presence;
import dev.kume.protocol.validation.StorageCluster.SharedDisk;

/** What clustered storage pools ask of reservations: keys that are changed, and that are preempted. */
final class StoragePoolReservationCheck implements StorageCheck {
    private static final int FIRST = 0x3000_0000;
    private static final int SECOND = 0x4000_0000;
    private static final int NODE = 0xA;

    @Override
    public String id() {
        return "storage-spaces-reservation";
    }

    @Override
    public String name() {
        return "Validate Storage Spaces Persistent Reservation";
    }

    @Override
    public String description() {
        return "Checks the reservation commands that clustered storage pools need.";
    }

    @Override
    public boolean isAdvice() {
        return true;
    }

    @Override
    public void run(StorageCluster cluster, StorageSteps steps) {
        steps.because(
                "clustered storage pools change and preempt keys in these ways; disks outside of pools do without");
        for (SharedDisk disk : cluster.shared()) {
            int nodes = disk.onNodes().size();
            for (int i = 0; i < nodes; i++) {
                NodeDisk a = disk.onNodes().get(i);
                NodeDisk b = disk.onNodes().get((i + 1) % nodes);
                changeAndPreempt(steps, a, b);
                clearAndAgain(steps, a, b);
            }
        }
    }

    private static long key(int generation, int node) {
        return (long) (generation | node) << 32 | StorageSteps.KEY_MARK;
    }

    private static void changeAndPreempt(StorageSteps steps, NodeDisk a, NodeDisk b) {
        long oldA = key(FIRST, NODE);
        long oldB = key(FIRST, NODE + 1);
        long newA = key(SECOND, NODE);
        long newB = key(SECOND, NODE + 1);
        steps.answer(false, "finding any key", a, a.findKey(0));
        steps.answer(false, "finding any key", b, b.findKey(0));
        steps.answer(Presence.NONE, "attempting to read PR", a, a.isReservationPresent(oldA));
        steps.good("registering", a, a.register(oldA));
        steps.good("reserving", a, a.reserve(oldA));
        steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(oldA));
        steps.good("registering", b, b.register(oldB));
        steps.conflict("changing with a wrong key", b, b.changeKey(newB, newB));
        steps.good("changing the key", b, b.changeKey(oldB, newB));
        steps.answer(false, "finding the old key", b, b.findKey(oldB));
        steps.answer(true, "finding the new key", a, a.findKey(newB));
        steps.good("changing the key as holder", a, a.changeKey(oldA, newA));
        steps.answer(Presence.OURS, "attempting to read PR", a, a.isReservationPresent(newA));
        steps.conflict("preempting a key that is gone", b, b.preempt(oldA, newB));
        steps.good("preempting", b, b.preempt(newA, newB));
        steps.answer(Presence.OURS, "attempting to read PR", b, b.isReservationPresent(newB));
        steps.answer(false, "finding the preempted key", a, a.findKey(newA));
        steps.conflict("reserving without a key", a, a.reserve(newA));
        steps.good("releasing", b, b.release(newB));
    }

    /** RELEASE may have come on a path that does not hold the reservation: CLEAR ends it for certain. */
    private static void clearAndAgain(StorageSteps steps, NodeDisk a, NodeDisk b) {
        long keyA = key(FIRST, NODE);
        long keyB = key(SECOND, NODE + 1);
        steps.good("registering again", a, a.register(keyA));
        steps.good("clearing", a, a.clear(keyA));
        steps.answer(false, "finding any key", b, b.findKey(0));
        steps.answer(Presence.NONE, "attempting to read PR", b, b.isReservationPresent(keyB));
        steps.conflict("reserving without a key", b, b.reserve(keyB));
        steps.good("registering again", b, b.register(keyB));
        steps.good("reserving again", b, b.reserve(keyB));
        steps.good("unregistering", b, b.unregister());
        steps.good("unregistering", a, a.unregister());
        steps.answer(false, "finding any key", a, a.findKey(0));
        steps.answer(Presence.NONE, "attempting to read PR", a, a.isReservationPresent(keyA));
    }
}
