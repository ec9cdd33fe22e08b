package dev.kume.protocol.login;

/**
 * The initiator broke the rules of text negotiation (RFC 7143 section 6); the message says how. In a login it becomes
 * an initiator error, in the full feature phase a Reject.
 */
public final class TextException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TextException(String message) {
        super(message);
    }

    public TextException(String message, Throwable cause) {
        super(message, cause);
    }
}
