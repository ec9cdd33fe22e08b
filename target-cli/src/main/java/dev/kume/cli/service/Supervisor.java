package dev.kume.cli.service;

import java.time.Duration;

/**
 * Whoever has started the daemon as a service and wants to know how it stands. Its methods may be called from any
 * thread, wait for a second at most, and never fail: a daemon serves whether somebody watches it or not.
 */
public interface Supervisor {
    /** Nobody: the daemon was started by hand. */
    Supervisor NONE = new Supervisor() {};

    /** A proof that the daemon lives. */
    @FunctionalInterface
    interface Pulse {
        /**
         * Asks everything that must answer.
         *
         * @return how it stands, in a few words
         * @throws Exception when something does not answer within the time
         */
        String feel(Duration within) throws Exception;
    }

    /** A start goes on; it may take a good while from here. */
    default void starting(String doing) {}

    /** Initiators are served: portals are open, every disk is open or known to be offline. */
    default void ready(String status, Pulse pulse) {}

    /** Settings are read again. */
    default void reloading() {}

    /** They have been, whatever came of it. */
    default void reloaded(String outcome) {}

    /** The daemon is on its way to its end, which may take this long. */
    default void stopping(String doing, Duration within) {}

    /** The start has failed for this reason, and the process is about to end. */
    default void failed(String reason) {}
}
