package dev.kume.protocol.initiator;

import java.util.concurrent.Executor;

/**
 * The thread in which an initiator and its connections live, and its timers. A simulation gives one whose time it moves
 * itself.
 */
public interface InitiatorLoop extends Executor {
    /** True on the thread. */
    boolean inLoop();

    /** Runs something on the thread after so long. */
    Timer schedule(Runnable action, long delayNanos);

    /** Something that will happen. */
    interface Timer {
        /** It will not, unless it has. */
        void cancel();
    }

    /** Runs something on the thread: at once when that is this one. */
    default void run(Runnable action) {
        if (inLoop()) {
            action.run();
        } else {
            execute(action);
        }
    }
}
