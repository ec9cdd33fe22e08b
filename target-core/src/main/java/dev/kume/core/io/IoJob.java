package dev.kume.core.io;

import org.jspecify.annotations.Nullable;

/**
 * Work that starts on an event loop, waits for a disk on a disk thread, and ends on the loop it came from.
 *
 * <p>A job is owned by one place at a time: its loop, a {@link DiskLane}, or the {@link LoopPort} that carries it home.
 * It links itself, so that neither queue allocates.
 */
public abstract class IoJob {
    /** The next job in whatever queue owns this one. */
    @Nullable
    IoJob next;

    /** When the disk thread took it. Written before {@link #perform()}, by the same thread. */
    long takenNanos;

    /** When the disk thread took it, in nanoseconds. During {@link #perform()}. */
    protected final long takenNanos() {
        return takenNanos;
    }

    /** The loop that {@link #performed()} runs on. */
    protected abstract LoopPort home();

    /** Does the work, on a disk thread. Failures are kept in the job; nothing is thrown. */
    protected abstract void perform();

    /** Hears on the home loop that {@link #perform()} has returned. */
    protected abstract void performed();

    /** True when the work is known to wait for a device, so that it should not stand before or behind quick work. */
    protected boolean waits() {
        return true;
    }
}
