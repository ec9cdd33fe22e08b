package dev.kume.core.io;

import dev.kume.core.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way of one disk to the disk threads: first in, first started, on at most {@code workersMax} threads at once.
 *
 * <p>A lane begins with one worker, which takes job after job without a hand-off: that is cheapest while the disk
 * answers from memory. A further worker joins when a job is known to wait, when the last job was slow, or when no job
 * has ended for a while. Submitting never waits: it is one compare-and-set.
 */
public final class DiskLane {
    /** A job that takes longer than this was not served from memory. */
    private static final long SLOW_NANOS = 1_000_000;

    private final Executor threads;
    private final Clock clock;
    private final int workersMax;
    private final Runnable worker = this::work;
    private final AtomicReference<@Nullable IoJob> inbox = new AtomicReference<>();
    private final AtomicInteger workers = new AtomicInteger();

    /** Taken by workers alone. */
    private final ReentrantLock queueLock = new ReentrantLock();

    /** Oldest job that no worker has taken yet; guarded by the lock. */
    private @Nullable IoJob first;

    private volatile boolean slow = true;
    private volatile long lastEndNanos;

    private final InlineWrites inlineWrites;

    /** A lane whose disk is written by disk threads alone. */
    public DiskLane(Executor threads, Clock clock, int workersMax) {
        this(threads, clock, workersMax, WriteRoom.UNKNOWN, 0);
    }

    /**
     * @param room                what is known of the system's memory for written data
     * @param inlineWriteBytesMax the largest write that an event loop may do by itself, 0 for none
     */
    public DiskLane(Executor threads, Clock clock, int workersMax, WriteRoom room, int inlineWriteBytesMax) {
        this.inlineWrites = new InlineWrites(clock, room, inlineWriteBytesMax);
        this.threads = threads;
        this.clock = clock;
        this.workersMax = workersMax;
        this.lastEndNanos = clock.nanoTime();
    }

    /** Queues a job. Any thread; never waits. */
    public void submit(IoJob job) {
        IoJob head;
        do {
            head = inbox.get();
            job.next = head;
        } while (!inbox.compareAndSet(head, job));
        int running = workers.get();
        if (running == 0 || (running < workersMax && (job.waits() || slow || stalled()))) {
            addWorker();
        }
    }

    /**
     * True when the calling loop may write {@code bytes} to the disk by itself: nothing of this disk is under way, and
     * it is known to be quick.
     */
    public boolean allowsInlineWrite(int bytes) {
        return workers.get() == 0 && inbox.get() == null && inlineWrites.allows(bytes);
    }

    /** Hears how long writes take. */
    public InlineWrites inlineWrites() {
        return inlineWrites;
    }

    public Clock clock() {
        return clock;
    }

    private boolean stalled() {
        return clock.nanoTime() - lastEndNanos > SLOW_NANOS;
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
            // An unlocked look at the queue is enough: a wrong guess costs one needless worker.
            if (slow && (first != null || inbox.get() != null)) {
                addWorker();
            }
            perform(job, finished);
        }
    }

    private void perform(IoJob job, Finished finished) {
        boolean waits = job.waits();
        if (waits) {
            finished.deliver();
        }
        long startNanos = clock.nanoTime();
        try {
            job.perform();
        } finally {
            long endNanos = clock.nanoTime();
            lastEndNanos = endNanos;
            boolean wasSlow = endNanos - startNanos > SLOW_NANOS;
            if (wasSlow != slow) {
                slow = wasSlow;
            }
            finished.add(job, endNanos);
            if (waits || wasSlow) {
                finished.deliver();
            }
        }
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
