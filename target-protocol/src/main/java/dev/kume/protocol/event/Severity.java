package dev.kume.protocol.event;

import org.slf4j.event.Level;

/** How bad an event is. */
public enum Severity {
    /** The course of things. */
    INFO(Level.INFO),
    /** Something is not as it should be, and goes on all the same. */
    WARNING(Level.WARN),
    /** Something did not work that somebody counted on. */
    ERROR(Level.ERROR),
    /** Data is lost or at risk. Such a line is never left out, however many there are. */
    CRITICAL(Level.ERROR);

    private final Level level;

    Severity(Level level) {
        this.level = level;
    }

    /** The level of a log that knows four of them. */
    public Level level() {
        return level;
    }
}
