package dev.kume.core.scsi;

import org.jspecify.annotations.Nullable;

/** Where a task stands among the tasks of its unit. Written by the task set it is in; loop only. */
public abstract sealed class TaskPlace extends CommandContext permits TransportHooks {
    @Nullable
    Task before;

    @Nullable
    Task after;

    @Nullable
    TaskSet set;

    /** The last barrier that it came behind, 0 for none. Of use while it waits at the gate. */
    long behind;

    /** An ORDERED task's own barrier. */
    @Nullable
    Barrier barrier;

    /** The first barrier of its loop waits until it has ended. */
    boolean awaited;

    TaskPlace() {}
}
