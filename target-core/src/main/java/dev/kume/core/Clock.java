package dev.kume.core;

import java.time.Instant;

/** Time as a value that comes in through constructors. */
public interface Clock {
    /** Nanoseconds of a clock that never goes back; only differences have a meaning. */
    long nanoTime();

    /** The wall clock, for people. */
    Instant now();
}
