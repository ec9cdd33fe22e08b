package dev.kume.core.io;

import dev.kume.core.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait for disk threads: first in, first started, on at most {@code workersMax} threads at once. Any thread.
 *
 * <p>Submitting never waits: it is one compare-and-set. A worker takes job after job without a hand-off until there is
 * none left.
 */
final class WorkQueue {
    private static final long NO_JOB = 0;

    private final Executor threads;
    private final Clock clock;
    private final int workersMax;
    private final boolean together;
    private final ServiceTimes times;
    private final Runnable worker = this::work;
    private final AtomicReference<@Nullable IoJob> inbox = new AtomicReference<>();
    private final AtomicInteger workers = new AtomicInteger();

    /** Taken by workers alone. */
    private final ReentrantLock queueLock = new ReentrantLock();

    /** Oldest job that no worker has taken yet; guarded by the lock. */
    private @Nullable IoJob first;

    /** When each job at hand began; {@link #NO_JOB} where a worker has none. */
    private final AtomicLongArray starts;

    /**
     * @param together jobs are quick: they go home in small groups, not one by one
     * @param times    hear how long each took
     */
    WorkQueue(Executor threads, Clock clock, int workersMax, boolean together, ServiceTimes times) {
        this.times = times;
        this.threads = threads;
        this.clock = clock;
        this.workersMax = workersMax;
        this.together = together;
        this.starts = new AtomicLongArray(workersMax);
    }

    void submit(IoJob job) {
        IoJob head;
        do {
            head = inbox.get();
            job.next = head;
        } while (!inbox.compareAndSet(head, job));
        if (workers.get() < workersMax) {
            addWorker();
        }
    }

    /** True while no worker has, or is about to take, a job. */
    boolean isIdle() {
        return workers.get() == 0 && inbox.get() == null;
    }

    /** True when a job at hand takes longer than {@code nanos} already. */
    boolean isStuck(long nanos) {
        return longestNanos() > nanos;
    }

    /** How long the job takes already that was begun first of those at hand; 0 when there is none. */
    long longestNanos() {
        long longest = 0;
        for (int i = 0; i < starts.length(); i++) {
            long since = starts.get(i);
            if (since != NO_JOB) {
                longest = Math.max(longest, clock.nanoTime() - since);
            }
        }
        return longest;
    }

    private void addWorker() {
        if (!enter()) {
            return;
        }
        boolean started = false;
        try {
            threads.execute(worker);
            started = true;
        } finally {
            if (!started) {
                workers.decrementAndGet();
            }
        }
    }

    private boolean enter() {
        int running;
        do {
            running = workers.get();
            if (running >= workersMax) {
                return false;
            }
        } while (!workers.compareAndSet(running, running + 1));
        return true;
    }

    private void work() {
        boolean left = false;
        try (Finished finished = new Finished()) {
            workUntilNothingIsLeft(finished);
            left = true;
        } finally {
            // A job or a home loop that throws is a bug, or a loop that has shut down; the lane must outlive it.
            if (!left) {
                workers.decrementAndGet();
                addWorker();
            }
        }
    }

    private void workUntilNothingIsLeft(Finished finished) {
        while (true) {
            IoJob job = take();
            if (job == null) {
                finished.deliver();
                workers.decrementAndGet();
                // A job that came in after take() and before the decrement saw a worker and started none.
                if (inbox.get() == null || !enter()) {
                    return;
                }
                continue;
            }
            perform(job, finished);
        }
    }

    private void perform(IoJob job, Finished finished) {
        long startNanos = clock.nanoTime();
        int place = begin(startNanos);
        job.takenNanos = startNanos;
        try {
            job.perform();
        } finally {
            long endNanos = clock.nanoTime();
            starts.set(place, NO_JOB);
            times.took(endNanos - startNanos);
            finished.add(job, endNanos);
            if (!together) {
                finished.deliver();
            }
        }
    }

    /** There is a place for each worker, so one is free. */
    private int begin(long nowNanos) {
        long since = nowNanos == NO_JOB ? nowNanos + 1 : nowNanos;
        int place = 0;
        while (!starts.compareAndSet(place, NO_JOB, since)) {
            place = (place + 1) % starts.length();
        }
        return place;
    }

    /**
     * Jobs that one worker has done and not handed home yet. Quick jobs go home together, which saves their loop a
     * wake-up and their connections a system call for each.
     */
    private static final class Finished implements AutoCloseable {
        private static final int TOGETHER_MAX = 16;
        private static final long HELD_BACK_NANOS = 50_000;

        private @Nullable IoJob newest;
        private @Nullable IoJob oldest;
        private int count;
        private long firstEndNanos;

        void add(IoJob job, long endNanos) {
            IoJob before = newest;
            if (before != null && before.home() != job.home()) {
                deliver();
                before = null;
            }
            if (before == null) {
                oldest = job;
                firstEndNanos = endNanos;
            }
            job.next = before;
            newest = job;
            count++;
            if (count == TOGETHER_MAX || endNanos - firstEndNanos > HELD_BACK_NANOS) {
                deliver();
            }
        }

        void deliver() {
            IoJob last = newest;
            IoJob head = oldest;
            newest = null;
            oldest = null;
            count = 0;
            if (last != null && head != null) {
                last.home().deliver(last, head);
            }
        }

        @Override
        public void close() {
            deliver();
        }
    }

    private @Nullable IoJob take() {
        queueLock.lock();
        try {
            if (first == null) {
                first = reversed(inbox.getAndSet(null));
            }
            IoJob job = first;
            if (job != null) {
                first = job.next;
                job.next = null;
            }
            return job;
        } finally {
            queueLock.unlock();
        }
    }

    /** A stack of jobs, newest first, turned into a queue, oldest first. */
    static @Nullable IoJob reversed(@Nullable IoJob newestFirst) {
        IoJob oldestFirst = null;
        while (newestFirst != null) {
            IoJob following = newestFirst.next;
            newestFirst.next = oldestFirst;
            oldestFirst = newestFirst;
            newestFirst = following;
        }
        return oldestFirst;
    }
}
