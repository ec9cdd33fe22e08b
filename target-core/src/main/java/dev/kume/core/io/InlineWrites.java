package dev.kume.core.io;

import dev.kume.core.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether an event loop may write to one disk by itself, without a disk thread: cheaper by two hand-offs, and
 * dangerous, since a buffered write has no way to say that it would wait. Any thread; the fields are hints that may be
 * a moment old.
 *
 * <p>A disk begins on the disk threads. It is trusted when many of its writes in a row were quick there, and only while
 * nothing of it waits for the device, the page cache has room (the system makes nobody wait for dirty pages), and the
 * moving average of its writes stays quick. One bad stall sends it back for a second, the next one for two, and so on
 * up to a minute.
 */
public final class InlineWrites {
    /** Quick writes in a row on disk threads before the loop may try. */
    private static final int TRUST_AFTER = 128;

    /** A write into memory that takes longer did not go into memory alone. */
    private static final long QUICK_NANOS = 1_000_000;

    /** The moving average above which a disk goes back to its threads. */
    private static final long AVERAGE_MAX_NANOS = 1_000_000;

    private static final int AVERAGE_SHIFT = 3;
    private static final long FIRST_PENALTY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_PENALTY_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Clock clock;
    private final WriteRoom room;
    private final int bytesMax;
    private final AtomicInteger quickInARow = new AtomicInteger();
    private volatile long averageNanos;
    private volatile long penaltyNanos = FIRST_PENALTY_NANOS;
    private volatile long notBeforeNanos;

    /**
     * @param bytesMax the largest write a loop may do, 0 for none
     */
    InlineWrites(Clock clock, WriteRoom room, int bytesMax) {
        this.clock = clock;
        this.room = room;
        this.bytesMax = bytesMax;
        this.notBeforeNanos = clock.nanoTime();
    }

    /** True when a write of {@code bytes} may be done on the loop now. */
    boolean allows(int bytes) {
        return bytes <= bytesMax
                && quickInARow.get() >= TRUST_AFTER
                && clock.nanoTime() - notBeforeNanos >= 0
                && room.take(bytes);
    }

    /** A disk thread has written. */
    public void writtenByThread(long nanos) {
        if (nanos > QUICK_NANOS) {
            quickInARow.set(0);
        } else if (quickInARow.get() < TRUST_AFTER) {
            quickInARow.incrementAndGet();
        }
    }

    /** The loop has written. */
    public void writtenInline(long nanos) {
        long average = averageNanos + ((nanos - averageNanos) >> AVERAGE_SHIFT);
        averageNanos = average;
        if (average > AVERAGE_MAX_NANOS) {
            averageNanos = 0;
            quickInARow.set(0);
            notBeforeNanos = clock.nanoTime() + penaltyNanos;
            penaltyNanos = Math.min(2 * penaltyNanos, LAST_PENALTY_NANOS);
        }
    }
}
