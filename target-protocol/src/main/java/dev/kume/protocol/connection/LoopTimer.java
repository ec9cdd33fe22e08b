package dev.kume.protocol.connection;

import java.util.concurrent.TimeUnit;

/** What runs later on one event loop. */
@FunctionalInterface
public interface LoopTimer {
    /** Runs {@code action} on the loop when {@code delay} has passed. Any thread. */
    void after(long delay, TimeUnit unit, Runnable action);
}
