package dev.kume.core.scsi;

import dev.kume.core.io.LoopPort;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The place of one ORDERED task among the tasks of its unit on all loops: what came before it has ended when it begins,
 * and what comes behind it waits until it has ended (SAM-5 8.6.3).
 *
 * <p>No turn in the unit's mailbox: the task may wait for an initiator, and fences must not stand behind that. Whatever
 * ends the task - an abort, a fence, the end of its session - lifts the barrier.
 */
final class Barrier {
    private final long ticket;
    private final LogicalUnit unit;
    private final List<LoopPort> loops;
    private final TaskSet[] taskSets;
    private final TaskSet home;
    private final LoopPort homeLoop;
    private final AtomicInteger loopsLeft;

    /** The task may begin. Of the home loop. */
    private boolean ready;

    /** @param ticket barriers stand in this order on every loop */
    Barrier(long ticket, LogicalUnit unit, LoopPort homeLoop, List<LoopPort> loops, TaskSet[] taskSets) {
        this.ticket = ticket;
        this.unit = unit;
        this.homeLoop = homeLoop;
        this.loops = loops;
        this.taskSets = taskSets;
        this.home = taskSets[homeLoop.index()];
        this.loopsLeft = new AtomicInteger(loops.size());
    }

    long ticket() {
        return ticket;
    }

    /** True when all that came before has ended. */
    boolean isReady() {
        return ready;
    }

    /** Puts the task behind all that is there, on every loop. On its home loop. */
    void raise(Task task) {
        // What the initiator sends behind it waits, even if it came in the same segment.
        home.gate().await(task, this);
        for (LoopPort loop : loops) {
            if (loop != homeLoop) {
                loop.execute(() -> taskSets[loop.index()].gate().raise(this));
            }
        }
    }

    /** A loop has nothing left that came before, and gets nothing of that kind any more. */
    void loopDone() {
        if (loopsLeft.decrementAndGet() == 0) {
            homeLoop.execute(() -> {
                ready = true;
                home.gate().letThrough(unit);
            });
        }
    }

    /** The task has ended, whether it has begun or not. On its home loop. */
    void lift() {
        for (LoopPort loop : loops) {
            loop.execute(() -> taskSets[loop.index()].gate().lift(this, unit));
        }
    }
}
