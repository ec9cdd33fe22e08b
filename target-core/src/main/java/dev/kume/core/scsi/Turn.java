package dev.kume.core.scsi;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A task's place in the mailbox of its unit. Either the turn comes and the change is made, or the task was doomed
 * before and nothing is changed: whoever claims first decides.
 */
final class Turn {
    private final UnitChange change;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private @Nullable UnitState before;
    private @Nullable UnitState after;

    Turn(UnitChange change) {
        this.change = change;
    }

    UnitChange change() {
        return change;
    }

    /** The task is doomed. On its loop. */
    void cancel() {
        claimed.set(true);
    }

    /** The turn has come; the unchanged state when nobody waits for it any more. */
    UnitState apply(UnitState now) {
        if (claimed.compareAndSet(false, true)) {
            before = now;
            after = change.apply(now);
            return after;
        }
        return now;
    }

    /** The state that {@link #apply} gave is the unit's. On the thread that applied it. */
    void published() {
        if (before != null && after != null) {
            change.published(before, after);
        }
    }
}
