package dev.kume.core.scsi;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one unit, one after the other. A turn may end on another thread than it began on; the next one begins
 * there. Any thread may ask; nobody waits.
 */
final class Mailbox {
    /** Guards the fields below. */
    private final Object lock = new Object();

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    /** From the first step until none is left. */
    private boolean busy;

    /** A thread is inside a step, and looks at {@link #ended} when it comes back. */
    private boolean inStep;

    private boolean ended;

    /** Runs {@code step} in its turn, which lasts until {@link #turnEnded()}. */
    void inTurn(Runnable step) {
        synchronized (lock) {
            waiting.add(step);
            if (busy) {
                return;
            }
            busy = true;
        }
        takeTurns();
    }

    /** Ends the turn under way: called exactly once for each step, from inside of it or later. */
    void turnEnded() {
        synchronized (lock) {
            assert busy && !ended;
            ended = true;
            if (inStep) {
                return;
            }
        }
        takeTurns();
    }

    /** A loop rather than a call per turn, so that a long queue of short turns needs no deep stack. */
    private void takeTurns() {
        Runnable step = next();
        while (step != null) {
            boolean clean = false;
            try {
                step.run();
                clean = true;
            } finally {
                // A step that throws is a bug, told by whoever runs this thread; the others still have their turns.
                if (!clean && leaveStep()) {
                    takeTurns();
                }
            }
            step = leaveStep() ? next() : null;
        }
    }

    private @Nullable Runnable next() {
        synchronized (lock) {
            Runnable step = waiting.poll();
            busy = step != null;
            inStep = busy;
            ended = false;
            return step;
        }
    }

    /** True when the turn has ended inside of its step; else whoever ends it goes on. */
    private boolean leaveStep() {
        synchronized (lock) {
            inStep = false;
            return ended;
        }
    }
}
