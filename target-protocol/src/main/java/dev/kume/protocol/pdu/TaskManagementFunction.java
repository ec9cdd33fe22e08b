package dev.kume.protocol.pdu;

/**
 * Task management functions (RFC 7143 section 11.5.1 and RFC 7144). Ints, so that a switch on the event loop
 * allocates nothing.
 */
public final class TaskManagementFunction {
    public static final int ABORT_TASK = 0x01;
    public static final int ABORT_TASK_SET = 0x02;
    public static final int CLEAR_ACA = 0x03;
    public static final int CLEAR_TASK_SET = 0x04;
    public static final int LOGICAL_UNIT_RESET = 0x05;
    public static final int TARGET_WARM_RESET = 0x06;
    public static final int TARGET_COLD_RESET = 0x07;
    public static final int TASK_REASSIGN = 0x08;
    public static final int QUERY_TASK = 0x09;
    public static final int QUERY_TASK_SET = 0x0A;
    public static final int I_T_NEXUS_RESET = 0x0B;
    public static final int QUERY_ASYNC_EVENT = 0x0C;

    private TaskManagementFunction() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case ABORT_TASK -> "ABORT TASK";
            case ABORT_TASK_SET -> "ABORT TASK SET";
            case CLEAR_ACA -> "CLEAR ACA";
            case CLEAR_TASK_SET -> "CLEAR TASK SET";
            case LOGICAL_UNIT_RESET -> "LOGICAL UNIT RESET";
            case TARGET_WARM_RESET -> "TARGET WARM RESET";
            case TARGET_COLD_RESET -> "TARGET COLD RESET";
            case TASK_REASSIGN -> "TASK REASSIGN";
            case QUERY_TASK -> "QUERY TASK";
            case QUERY_TASK_SET -> "QUERY TASK SET";
            case I_T_NEXUS_RESET -> "I_T NEXUS RESET";
            case QUERY_ASYNC_EVENT -> "QUERY ASYNC EVENT";
            default -> "0x%02x".formatted(code);
        };
    }
}
