package dev.kume.core.scsi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one logical unit that live on one event loop. Confined to that loop.
 *
 * <p>Holds the loop's share of every {@link Drain} under way, and the gate that keeps new tasks waiting while the unit
 * quiesces.
 */
final class TaskSet {
    /** The loop's share of one drain: tasks admitted up to {@code cutoff} that a disk thread still has. */
    private static final class Share {
        final Drain drain;
        final long cutoff;
        int left;

        Share(Drain drain, long cutoff) {
            this.drain = drain;
            this.cutoff = cutoff;
        }

        boolean covers(Task task) {
            return task.admission <= cutoff && drain.covers(task);
        }
    }

    private @Nullable Task first;
    private @Nullable Task last;
    private int size;
    private long admissions;
    private int gatesClosed;
    private final ArrayDeque<Task> gated = new ArrayDeque<>();
    private final List<Share> shares = new ArrayList<>(2);

    int size() {
        return size;
    }

    boolean gateClosed() {
        return gatesClosed > 0;
    }

    void add(Task task) {
        task.set = this;
        task.admission = ++admissions;
        task.before = last;
        if (last == null) {
            first = task;
        } else {
            last.after = task;
        }
        last = task;
        size++;
    }

    /** Queues a task that has been added until the gate opens. */
    void waitAtGate(Task task) {
        task.gated();
        gated.add(task);
    }

    void remove(Task task) {
        assert task.set == this;
        if (task.state() == Task.State.GATED) {
            gated.remove(task);
        }
        if (task.before == null) {
            first = task.after;
        } else {
            task.before.after = task.after;
        }
        if (task.after == null) {
            last = task.before;
        } else {
            task.after.before = task.before;
        }
        task.before = null;
        task.after = null;
        task.set = null;
        size--;
        if (!shares.isEmpty()) {
            settle(task);
        }
    }

    private void settle(Task ended) {
        for (Iterator<Share> each = shares.iterator(); each.hasNext(); ) {
            Share share = each.next();
            if (share.covers(ended) && --share.left == 0) {
                each.remove();
                share.drain.loopDone();
            }
        }
    }

    /** Starts this loop's share of a drain. */
    void drain(Drain drain) {
        if (drain.closesGate()) {
            gatesClosed++;
        }
        Share share = new Share(drain, admissions);
        for (Task task = first; task != null; task = task.after) {
            if (share.covers(task)) {
                share.left++;
            }
        }
        if (share.left == 0) {
            drain.loopDone();
            return;
        }
        shares.add(share);
        // Dooming unlinks tasks at once, and may complete the share: walk over a copy.
        List<Task> covered = new ArrayList<>(share.left);
        for (Task task = first; task != null; task = task.after) {
            if (share.covers(task)) {
                covered.add(task);
            }
        }
        for (Task task : covered) {
            drain.dooming(task);
            task.doom();
        }
    }

    /** Opens the gate that a drain closed, and starts what has waited there. */
    void open(LogicalUnit unit) {
        gatesClosed--;
        assert gatesClosed >= 0;
        while (gatesClosed == 0) {
            Task task = gated.poll();
            if (task == null) {
                return;
            }
            unit.start(task);
        }
    }
}
