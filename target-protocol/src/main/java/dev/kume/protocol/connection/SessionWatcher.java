package dev.kume.protocol.connection;

import dev.kume.core.nexus.ITNexus;
import java.net.InetSocketAddress;
import java.time.Instant;

/** Hears of the sessions of targets; discovery is none. Told on the event loops, so it must not wait. */
public interface SessionWatcher {
    SessionWatcher NONE = new SessionWatcher() {};

    /**
     * A session at one moment.
     *
     * @param id    number of the session, unique while the daemon runs
     * @param at    the moment
     * @param heard when the last PDU of the initiator came
     */
    record Moment(long id, ITNexus nexus, InetSocketAddress peer, InetSocketAddress local, Instant at, Instant heard) {}

    /** The login is over; no command has come yet. */
    default void began(Moment session) {}

    /**
     * The session is closed; tasks may still be on their way to their end.
     *
     * @param why for people
     */
    default void ended(Moment session, String why) {}
}
