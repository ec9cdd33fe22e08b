package dev.kume.protocol.initiator;

/** Hears what happens to a session, on its loop. */
public interface SessionListener {
    /** Hears nothing. */
    SessionListener NONE = new SessionListener() {};

    /** It is logged in, for the first time or again. */
    default void onLoggedIn(InitiatorSession session) {}

    /** It lost its connection or could not make one; unless it is closed, it tries again. */
    default void onLost(InitiatorSession session, InitiatorException why) {}

    /** The target broke the standard; the connection is dropped for it. */
    default void onViolation(InitiatorSession session, String what) {}

    /**
     * An asynchronous message has come, RFC 7143 11.9.
     *
     * @param event one of {@link dev.kume.protocol.pdu.AsyncEvent}
     */
    default void onAsyncMessage(InitiatorSession session, int event) {}

    /** A PDU of this initiator was rejected for one of {@link dev.kume.protocol.pdu.RejectReason}. */
    default void onReject(InitiatorSession session, int reason) {}
}
