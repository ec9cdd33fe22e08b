package dev.kume.protocol.initiator;

import dev.kume.core.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/** A loop and a clock that a test moves. Everything happens in the test's thread. */
final class ManualTime implements InitiatorLoop, Clock {
    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));
    private long nowNanos = 1_000;
    private long order;

    private record Due(long atNanos, long order, Runnable action) {}

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable action) {
        ready.add(action);
    }

    @Override
    public Timer schedule(Runnable action, long delayNanos) {
        Due due = new Due(nowNanos + delayNanos, order++, action);
        timers.add(due);
        return () -> timers.remove(due);
    }

    /** Lets so much time pass, with everything that happens in it. */
    void pass(Duration duration) {
        long end = nowNanos + duration.toNanos();
        runReady();
        while (!timers.isEmpty() && timers.peek().atNanos() <= end) {
            Due due = timers.remove();
            nowNanos = due.atNanos();
            due.action().run();
            runReady();
        }
        nowNanos = end;
    }

    private void runReady() {
        while (!ready.isEmpty()) {
            ready.remove().run();
        }
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return Instant.ofEpochSecond(0, nowNanos);
    }
}
