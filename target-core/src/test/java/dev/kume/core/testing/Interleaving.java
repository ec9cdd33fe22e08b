package dev.kume.core.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one goes on at a time: each stops before every call of a store, and chance says who makes the next
 * one. Threads that wait for a lock are left alone until they get it. Between two steps everybody stands still, and the
 * test may look: whatever waits then waits for ever.
 */
public final class Interleaving implements FaultyStore.Hook {
    private static final long STUCK_NANOS = 20_000_000_000L;
    private static final int SPINS = 2_000;

    /** What one thread does. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** One thread; {@code gated} while it stands before a call. */
    private final class Worker extends Thread {
        private final Body body;
        private volatile boolean gated = true;
        private volatile boolean ended;

        private Worker(String name, Body body) {
            super(name);
            this.body = body;
        }

        @Override
        public void run() {
            try {
                awaitTurn();
                body.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            } finally {
                ended = true;
            }
        }

        private void awaitTurn() {
            while (gated) {
                LockSupport.park(this);
            }
        }

        private boolean standsStill() {
            if (ended || gated) {
                return true;
            }
            State state = getState();
            return state == State.WAITING || state == State.BLOCKED || state == State.TIMED_WAITING;
        }
    }

    private final RandomGenerator random;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    public Interleaving(RandomGenerator random) {
        this.random = random;
    }

    /** Another thread, before {@link #run}. */
    public void add(String name, Body body) {
        Worker worker = new Worker(name, body);
        worker.setDaemon(true);
        workers.add(worker);
    }

    /**
     * Lets them all run to their end.
     *
     * @param between looks while everybody stands still
     */
    public void run(Body between) throws Exception {
        workers.forEach(Thread::start);
        while (true) {
            awaitStill();
            Throwable failed = failure.get();
            if (failed != null) {
                throw new AssertionError(failed.toString(), failed);
            }
            between.run();
            List<Worker> ready = workers.stream()
                    .filter(worker -> worker.gated && !worker.ended)
                    .toList();
            if (ready.isEmpty()) {
                if (workers.stream().allMatch(worker -> worker.ended)) {
                    return;
                }
                continue;
            }
            Worker next = ready.get(random.nextInt(ready.size()));
            next.gated = false;
            LockSupport.unpark(next);
        }
    }

    /** A thread of this stops here until its turn comes; others go through. */
    @Override
    public void before(FaultyStore.Call call, long offsetBytes, long lengthBytes) {
        if (Thread.currentThread() instanceof Worker worker) {
            worker.gated = true;
            worker.awaitTurn();
        }
    }

    private void awaitStill() {
        long begin = System.nanoTime();
        int spins = 0;
        boolean gated = false;
        while (!(gated && workers.stream().allMatch(Worker::standsStill))) {
            if (++spins > SPINS) {
                LockSupport.parkNanos(20_000);
            } else {
                Thread.onSpinWait();
            }
            gated = workers.stream().anyMatch(worker -> worker.gated)
                    || workers.stream().allMatch(worker -> worker.ended);
            if (System.nanoTime() - begin > STUCK_NANOS) {
                throw new AssertionError("the threads wait for each other: " + stacks());
            }
        }
    }

    private String stacks() {
        StringBuilder text = new StringBuilder();
        for (Worker worker : workers) {
            text.append('\n').append(worker.getName()).append(worker.ended ? " has ended" : "");
            for (StackTraceElement frame : worker.getStackTrace()) {
                text.append("\n    ").append(frame);
            }
        }
        return text.toString();
    }
}
