package dev.kume.protocol.event;

import org.jspecify.annotations.Nullable;

/** Takes events, as a log does. Thread safe, and never waits. */
@FunctionalInterface
public interface EventSink {
    /** @param values in the order of the event's fields */
    void event(LogEvent event, @Nullable Object... values);
}
