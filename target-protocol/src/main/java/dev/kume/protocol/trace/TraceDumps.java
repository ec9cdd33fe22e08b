package dev.kume.protocol.trace;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where traces of connections go that were closed for an error. Called on event loops: it never waits. */
@FunctionalInterface
public interface TraceDumps {
    /** Keeps none. */
    TraceDumps NONE = (why, loggedIn, trace) -> null;

    /**
     * Keeps a trace, or not: a peer that makes errors one after the other must not keep the disk busy.
     *
     * @param why      what the connection was closed for
     * @param loggedIn whether it had come through its login: what strangers cause must not push these traces out
     * @param trace    makes the trace, at most once and before this returns
     * @return where it will be found, for the log; null when it is not kept
     */
    @Nullable
    String keep(String why, boolean loggedIn, Supplier<ConnectionTrace> trace);
}
