package dev.kume.core.scsi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of one unit wait on one loop: all of them while the unit quiesces, and those behind the
 * {@link Barrier} of an ORDERED task, HEAD OF QUEUE ones excepted. Confined to that loop.
 *
 * <p>Only the first barrier counts the tasks that it waits for: those between it and the next one come later than its
 * own task, which the next one waits for.
 */
final class Gate {
    /** A barrier on this loop. */
    private static final class Share {
        final Barrier barrier;

        /** The loop has told the barrier that nothing older is left here. */
        boolean told;

        Share(Barrier barrier) {
            this.barrier = barrier;
        }
    }

    private final TaskSet set;
    private int quiesces;

    /** Quiesces and barriers: the one field that each command reads. */
    private int closed;

    /** In the order of their tickets, which is not always the one in which loops hear of them. */
    private final List<Share> barriers = new ArrayList<>(2);

    /** Older tasks that the first barrier waits for. */
    private int older;

    private final ArrayDeque<Task> headOfQueue = new ArrayDeque<>();
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();

    Gate(TaskSet set) {
        this.set = set;
    }

    /** True when a task may begin at once whatever its attribute is. */
    boolean isOpen() {
        return closed == 0;
    }

    boolean isQuiescing() {
        return quiesces > 0;
    }

    /** All new tasks wait until {@link #open}. */
    void close() {
        quiesces++;
        closed++;
    }

    void open(LogicalUnit unit) {
        quiesces--;
        closed--;
        assert quiesces >= 0 && closed >= 0;
        letThrough(unit);
    }

    /** A task waits for its turn. */
    void await(Task task) {
        task.gated();
        task.behind = barriers.isEmpty() ? 0 : barriers.getLast().barrier.ticket();
        waiting.add(task);
    }

    /** A HEAD OF QUEUE task waits for the end of a quiesce, and for nothing else. */
    void awaitFirst(Task task) {
        task.gated();
        task.behind = 0;
        headOfQueue.add(task);
    }

    /** An ORDERED task waits for all that came before it. */
    void await(Task task, Barrier barrier) {
        task.gated();
        task.barrier = barrier;
        task.behind = barrier.ticket();
        waiting.add(task);
        raise(barrier);
    }

    /** Tasks that come from now on are behind this barrier. */
    void raise(Barrier barrier) {
        int at = barriers.size();
        while (at > 0 && barriers.get(at - 1).barrier.ticket() > barrier.ticket()) {
            at--;
        }
        barriers.add(at, new Share(barrier));
        closed++;
        if (at == 0) {
            countOlder();
        }
    }

    /** The barrier's task has ended, or never begins. */
    void lift(Barrier barrier, LogicalUnit unit) {
        int at = 0;
        while (barriers.get(at).barrier != barrier) {
            at++;
        }
        barriers.remove(at);
        closed--;
        if (at == 0) {
            countOlder();
        }
        letThrough(unit);
    }

    /** There is another first barrier. */
    private void countOlder() {
        older = 0;
        if (barriers.isEmpty()) {
            for (Task task = set.first(); task != null; task = task.after) {
                task.awaited = false;
            }
            return;
        }
        Barrier first = barriers.getFirst().barrier;
        for (Task task = set.first(); task != null; task = task.after) {
            // A HEAD OF QUEUE task counts though it may have come later: SAM-5 8.6.3 has it go before.
            task.awaited = task.state() != Task.State.GATED || task.behind < first.ticket();
            if (task.awaited) {
                older++;
            }
        }
        tellFirst();
    }

    private void tellFirst() {
        Share first = barriers.getFirst();
        if (older == 0 && !first.told) {
            first.told = true;
            first.barrier.loopDone();
        }
    }

    /** The task leaves its set. */
    void left(Task task) {
        if (task.state() == Task.State.GATED && !waiting.remove(task)) {
            headOfQueue.remove(task);
        }
        if (task.awaited) {
            task.awaited = false;
            older--;
            tellFirst();
        }
        Barrier own = task.barrier;
        if (own != null) {
            task.barrier = null;
            own.lift();
        }
    }

    /** Begins what need not wait any more. */
    void letThrough(LogicalUnit unit) {
        // What begins here may end here, and let others through.
        while (quiesces == 0) {
            Task next = next();
            if (next == null) {
                return;
            }
            try {
                unit.start(next);
            } catch (RuntimeException | Error bug) {
                next.onBug(bug);
            }
        }
    }

    private @Nullable Task next() {
        Task first = headOfQueue.poll();
        if (first != null) {
            return first;
        }
        Task next = waiting.peek();
        if (next == null || !mayPass(next)) {
            return null;
        }
        return waiting.poll();
    }

    private boolean mayPass(Task task) {
        Barrier own = task.barrier;
        if (own != null) {
            return own.isReady();
        }
        return barriers.isEmpty() || task.behind < barriers.getFirst().barrier.ticket();
    }
}
