package dev.kume.protocol.pdu;

/**
 * Responses to task management functions (RFC 7143 section 11.6.1 and RFC 7144). Ints, so that a switch on the event
 * loop allocates nothing.
 */
public final class TaskManagementResponse {
    public static final int FUNCTION_COMPLETE = 0x00;
    public static final int TASK_DOES_NOT_EXIST = 0x01;
    public static final int LUN_DOES_NOT_EXIST = 0x02;
    public static final int TASK_STILL_ALLEGIANT = 0x03;
    public static final int TASK_REASSIGN_NOT_SUPPORTED = 0x04;
    public static final int FUNCTION_NOT_SUPPORTED = 0x05;
    public static final int FUNCTION_AUTHORIZATION_FAILED = 0x06;
    /** The answer of the query functions: the task or task set is there. */
    public static final int FUNCTION_SUCCEEDED = 0x07;

    public static final int FUNCTION_REJECTED = 0xFF;

    private TaskManagementResponse() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case FUNCTION_COMPLETE -> "function complete";
            case TASK_DOES_NOT_EXIST -> "task does not exist";
            case LUN_DOES_NOT_EXIST -> "lun does not exist";
            case TASK_STILL_ALLEGIANT -> "task still allegiant";
            case TASK_REASSIGN_NOT_SUPPORTED -> "task reassign not supported";
            case FUNCTION_NOT_SUPPORTED -> "function not supported";
            case FUNCTION_AUTHORIZATION_FAILED -> "function authorization failed";
            case FUNCTION_SUCCEEDED -> "function succeeded";
            case FUNCTION_REJECTED -> "function rejected";
            default -> "0x%02x".formatted(code);
        };
    }
}
