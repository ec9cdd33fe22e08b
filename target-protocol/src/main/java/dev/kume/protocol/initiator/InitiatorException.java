package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.LoginStatus;
import org.jspecify.annotations.Nullable;

/** Why a login or a request came to nothing; the message is one line for people. */
public final class InitiatorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What happened, for those who decide by it. */
    public enum Reason {
        /** No connection could be made, or it went away. */
        CONNECTION_LOST,
        /** The target turned the login away; {@link #loginStatus()} says how. */
        LOGIN_REFUSED,
        /** The target could not prove that it is the one it has to be. */
        TARGET_UNPROVEN,
        /** The target broke the standard. */
        PROTOCOL_VIOLATION,
        /** The session was gone longer than requests are held. */
        HELD_TOO_LONG,
        /** A task management function or the end of the session ended the task, and nobody knows how far it came. */
        TASK_ENDED,
        /** The target rejected the PDU. */
        REJECTED,
        /** More requests wait than the initiator holds. */
        QUEUE_FULL,
        /** The session was closed by its owner. */
        CLOSED,
        /** The command ended with a status or sense data that is no success. */
        COMMAND_FAILED
    }

    private final Reason reason;
    private final @Nullable LoginStatus loginStatus;
    private final transient @Nullable ScsiResult result;

    public InitiatorException(Reason reason, String message) {
        this(reason, message, null, null);
    }

    private InitiatorException(
            Reason reason, String message, @Nullable LoginStatus loginStatus, @Nullable ScsiResult result) {
        super(message);
        this.reason = reason;
        this.loginStatus = loginStatus;
        this.result = result;
    }

    static InitiatorException refused(LoginStatus status) {
        return new InitiatorException(Reason.LOGIN_REFUSED, "login refused: " + status, status, null);
    }

    static InitiatorException violation(String what) {
        return new InitiatorException(Reason.PROTOCOL_VIOLATION, what);
    }

    static InitiatorException failed(String command, ScsiResult result) {
        return new InitiatorException(Reason.COMMAND_FAILED, command + " failed: " + result, null, result);
    }

    public Reason reason() {
        return reason;
    }

    /** What the target answered to the login, or null. */
    public @Nullable LoginStatus loginStatus() {
        return loginStatus;
    }

    /** How the command ended that failed, or null. */
    public @Nullable ScsiResult result() {
        return result;
    }
}
