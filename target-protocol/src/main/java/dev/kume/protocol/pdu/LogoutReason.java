package dev.kume.protocol.pdu;

/**
 * Why an initiator logs out (RFC 7143 section 11.14.1). Ints, so that a switch on the event loop allocates nothing.
 */
public final class LogoutReason {
    public static final int CLOSE_SESSION = 0x00;
    public static final int CLOSE_CONNECTION = 0x01;
    public static final int REMOVE_CONNECTION_FOR_RECOVERY = 0x02;

    private LogoutReason() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case CLOSE_SESSION -> "close session";
            case CLOSE_CONNECTION -> "close connection";
            case REMOVE_CONNECTION_FOR_RECOVERY -> "remove connection for recovery";
            default -> "0x%02x".formatted(code);
        };
    }
}
