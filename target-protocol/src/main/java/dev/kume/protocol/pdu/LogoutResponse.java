package dev.kume.protocol.pdu;

/** How a logout ended (RFC 7143 section 11.15.1). Ints, so that a switch on the event loop allocates nothing. */
public final class LogoutResponse {
    public static final int CLOSED = 0x00;
    public static final int CID_NOT_FOUND = 0x01;
    public static final int RECOVERY_NOT_SUPPORTED = 0x02;
    public static final int CLEANUP_FAILED = 0x03;

    private LogoutResponse() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case CLOSED -> "closed";
            case CID_NOT_FOUND -> "cid not found";
            case RECOVERY_NOT_SUPPORTED -> "recovery not supported";
            case CLEANUP_FAILED -> "cleanup failed";
            default -> "0x%02x".formatted(code);
        };
    }
}
