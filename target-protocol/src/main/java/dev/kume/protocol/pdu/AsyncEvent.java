package dev.kume.protocol.pdu;

/**
 * Events of an Asynchronous Message (RFC 7143 section 11.9.1). Ints, so that a switch on the event loop allocates
 * nothing.
 */
public final class AsyncEvent {
    public static final int SCSI_EVENT = 0x00;
    public static final int TARGET_REQUESTS_LOGOUT = 0x01;
    public static final int DROP_CONNECTION = 0x02;
    public static final int DROP_SESSION = 0x03;
    public static final int REQUEST_NEGOTIATION = 0x04;
    public static final int TASKS_TERMINATED = 0x05;
    public static final int VENDOR_SPECIFIC = 0xFF;

    private AsyncEvent() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case SCSI_EVENT -> "scsi event";
            case TARGET_REQUESTS_LOGOUT -> "target requests logout";
            case DROP_CONNECTION -> "drop connection";
            case DROP_SESSION -> "drop session";
            case REQUEST_NEGOTIATION -> "request negotiation";
            case TASKS_TERMINATED -> "tasks terminated";
            case VENDOR_SPECIFIC -> "vendor specific";
            default -> "0x%02x".formatted(code);
        };
    }
}
