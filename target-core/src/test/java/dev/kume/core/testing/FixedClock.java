package dev.kume.core.testing;

import dev.kume.core.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that moves when told. */
public final class FixedClock implements Clock {
    private long nanos;
    private Instant now;

    public FixedClock(Instant now) {
        this.now = now;
    }

    public synchronized void advance(Duration time) {
        nanos += time.toNanos();
        now = now.plus(time);
    }

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }
}
