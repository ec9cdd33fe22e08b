package dev.kume.protocol.pdu;

/**
 * Task attributes of a SCSI Command (RFC 7143 section 11.3.1). Ints, so that a switch on the event loop allocates
 * nothing.
 */
public final class TaskAttribute {
    public static final int UNTAGGED = 0x00;
    public static final int SIMPLE = 0x01;
    public static final int ORDERED = 0x02;
    public static final int HEAD_OF_QUEUE = 0x03;
    public static final int ACA = 0x04;

    private TaskAttribute() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case UNTAGGED -> "untagged";
            case SIMPLE -> "simple";
            case ORDERED -> "ordered";
            case HEAD_OF_QUEUE -> "head of queue";
            case ACA -> "aca";
            default -> "0x%02x".formatted(code);
        };
    }
}
