package dev.kume.core.scsi;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** Disk threads that run when a test says so, in the test's thread. */
public final class ManualThreads implements Executor {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void execute(Runnable command) {
        waiting.add(command);
    }

    /** Runs the oldest thing that waits; false when there is none. */
    public boolean runOne() {
        Runnable next = waiting.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }
}
