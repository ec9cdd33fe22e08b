package dev.kume.core.io;

import java.util.concurrent.atomic.AtomicLong;

/** A bound on memory that several event loops share. Asking never waits: it is granted or not. */
public final class MemoryBudget {
    private final long limitBytes;
    private final AtomicLong takenBytes = new AtomicLong();

    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes {@code bytes} when they are there. */
    public boolean tryTake(long bytes) {
        long taken = takenBytes.addAndGet(bytes);
        if (taken <= limitBytes) {
            return true;
        }
        takenBytes.addAndGet(-bytes);
        return false;
    }

    /** Takes {@code bytes} even beyond the limit, for data that has arrived uninvited and has its own bound. */
    public void take(long bytes) {
        takenBytes.addAndGet(bytes);
    }

    public void give(long bytes) {
        long left = takenBytes.addAndGet(-bytes);
        assert left >= 0 : left;
    }

    public long takenBytes() {
        return takenBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
