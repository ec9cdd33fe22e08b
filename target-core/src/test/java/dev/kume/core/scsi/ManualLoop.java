package dev.kume.core.scsi;

import dev.kume.core.io.LoopPort;
import java.util.ArrayDeque;

/** An event loop that runs when a test says so, in the test's thread. */
public final class ManualLoop {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private final LoopPort port;

    public ManualLoop(int index) {
        port = new LoopPort(index, waiting::add, () -> true);
    }

    public LoopPort port() {
        return port;
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
