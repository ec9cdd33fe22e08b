package dev.kume.protocol.login;

import java.util.List;

/**
 * Who may log in where: the side of the daemon that knows targets and sessions. Called on the connection's event loop.
 */
public interface LoginPolicy {
    /**
     * Decides once for each login, as soon as the identity is known and before any answer that depends on it; again in
     * {@link LoginStateMachine#resume} after {@link AccessDecision.Undecided}.
     */
    AccessDecision decide(LoginIdentity identity);

    /** The algorithms by which an initiator may prove itself, the best first. */
    List<ChapAlgorithm> algorithms();

    /**
     * True when this initiator port has a session of this TSIH with the target, so that a second connection is meant.
     */
    boolean hasSession(LoginIdentity identity, int tsih);

    /**
     * True when that session's connection has this id, so that the login takes the place of the connection (RFC 7143
     * 6.3.4).
     */
    boolean hasConnection(LoginIdentity identity, int tsih, int cid);
}
