package dev.kume.core.scsi;

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
 * <p>Holds the loop's share of every {@link Drain} under way, and the {@link Gate} at which tasks wait.
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
    private final Gate gate = new Gate(this);
    private final List<Share> shares = new ArrayList<>(2);

    int size() {
        return size;
    }

    Gate gate() {
        return gate;
    }

    /** The task that has been here for the longest; the others follow by {@code after}. */
    @Nullable
    Task first() {
        return first;
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

    void remove(Task task) {
        assert task.set == this;
        gate.left(task);
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
            if (share.left.contains(task) && !task.doom(ending) && !drain.waitsForEnds() && task.isOutOfReach()) {
                share.left.remove(task);
            }
        });
        if (share.left.isEmpty() && shares.remove(share)) {
            drain.loopDone();
        }
    }
}
