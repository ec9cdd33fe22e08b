package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A clock that a test sets. */
final class SetClock implements Clock {
    private long nanos = 1_000;

    void passMillis(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    void passSeconds(long seconds) {
        passMillis(seconds * 1_000);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-11-26T10:00:00Z").plusNanos(nanos);
    }
}
