package dev.kume.core.io;

import dev.kume.core.Clock;
import java.util.concurrent.Executor;

/**
 * The way of one disk to the disk threads. Two queues, because the two kinds of work must not stand behind each other:
 *
 * <ul>
 *   <li>plain writes, which a file system copies into memory: one thread, since a file's writes exclude each other in
 *       the kernel and a second thread would only wait for the first;
 *   <li>what waits for the device - reads that are not in memory, flushes, verification: the other threads of the disk.
 * </ul>
 *
 * <p>Any thread; submitting never waits.
 */
public final class DiskLane {
    /** A write into memory that is under way for longer is stuck behind something. */
    private static final long STUCK_NANOS = 1_000_000;

    private final WorkQueue writes;
    private final WorkQueue waiting;
    private final ServiceTimes times = new ServiceTimes();
    private final InlineWrites inlineWrites;
    private final Clock clock;

    /** A lane whose disk is written by disk threads alone. */
    public DiskLane(Executor threads, Clock clock, int workersMax) {
        this(threads, clock, workersMax, WriteRoom.UNKNOWN, 0);
    }

    /**
     * @param workersMax          threads that the disk may hold at once, two or more: one of them writes
     * @param room                what is known of the system's memory for written data
     * @param inlineWriteBytesMax the largest write that an event loop may do by itself, 0 for none
     */
    public DiskLane(Executor threads, Clock clock, int workersMax, WriteRoom room, int inlineWriteBytesMax) {
        this.clock = clock;
        this.writes = new WorkQueue(threads, clock, 1, true, times);
        this.waiting = new WorkQueue(threads, clock, Math.max(1, workersMax - 1), false, times);
        this.inlineWrites = new InlineWrites(clock, room, inlineWriteBytesMax);
    }

    /** Queues a job. */
    public void submit(IoJob job) {
        if (job.waits()) {
            waiting.submit(job);
        } else {
            writes.submit(job);
        }
    }

    /**
     * True when the calling loop may write {@code bytes} to the disk by itself: nothing of this disk waits for the
     * device, no write is stuck, and the disk is known to be quick.
     */
    public boolean allowsInlineWrite(int bytes) {
        return waiting.isIdle() && !writes.isStuck(STUCK_NANOS) && inlineWrites.allows(bytes);
    }

    /** How long the job of this disk takes already that a disk thread has begun first; 0 when none has one. */
    public long longestNanos() {
        return Math.max(writes.longestNanos(), waiting.longestNanos());
    }

    /** How long its jobs took on disk threads. */
    public ServiceTimes times() {
        return times;
    }

    /** Hears how long writes take. */
    public InlineWrites inlineWrites() {
        return inlineWrites;
    }

    public Clock clock() {
        return clock;
    }
}
