package dev.kume.core.scsi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one logical unit that live on one event loop. Confined to that loop.
 *
 * <p>Holds the loop's share of every {@link Drain} under way, and the gate that keeps new tasks waiting while the unit
 * quiesces.
 */
final class TaskSet {
    /**
     * The loop's share of one drain: the tasks it waits for, by identity. Who is covered is asked once, so that an
     * answer that changes later cannot make a drain wait for ever.
     */
    private record Share(Drain drain, Set<Task> left) {}

    private @Nullable Task first;
    private @Nullable Task last;
    private int size;
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
    }

    /** Tells the drains that wait for this task that its command has ended. */
    void settle(Task ended) {
        if (shares.isEmpty()) {
            return;
        }
        // What a drain does when it is done may end further tasks of this set, and come here again: walk over a copy.
        for (Share share : List.copyOf(shares)) {
            if (share.left.remove(ended) && share.left.isEmpty()) {
                shares.remove(share);
                share.drain.loopDone();
            }
        }
    }

    /** New tasks wait until {@link #open}. */
    void closeGate() {
        gatesClosed++;
    }

    /** Starts this loop's share of a drain. */
    void drain(Drain drain) {
        Map<Task, Ending> covered = new LinkedHashMap<>();
        for (Task task = first; task != null; task = task.after) {
            Ending ending = drain.endingOf(task);
            if (ending != null) {
                covered.put(task, ending);
            }
        }
        if (covered.isEmpty()) {
            drain.loopDone();
            return;
        }
        Share share = new Share(drain, Collections.newSetFromMap(new IdentityHashMap<>()));
        share.left.addAll(covered.keySet());
        shares.add(share);
        covered.keySet().forEach(drain::dooming);
        covered.forEach((task, ending) -> {
            // Dooming one task may end others (their connection closes), and those may be new commands already.
            if (share.left.contains(task)) {
                task.doom(ending);
            }
        });
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
            try {
                unit.start(task);
            } catch (RuntimeException | Error bug) {
                task.onBug(bug);
            }
        }
    }
}
