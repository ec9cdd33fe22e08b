package dev.kume.cli;

import dev.kume.core.Clock;
import java.time.Instant;

/** The clocks of this machine. */
final class ProcessClock implements Clock {
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
