package dev.kume.protocol.pdu;

/**
 * Opcodes of PDUs, without the immediate bit (RFC 7143 section 11.2.1.2). Ints, so that a switch on the event loop
 * allocates nothing.
 */
public final class Opcode {
    /** From the initiator: {@link NopOutPdu}. */
    public static final int NOP_OUT = 0x00;

    /** From the initiator: {@link ScsiCommandPdu}. */
    public static final int SCSI_COMMAND = 0x01;

    /** From the initiator: {@link TaskManagementRequestPdu}. */
    public static final int TASK_MANAGEMENT_REQUEST = 0x02;

    /** From the initiator: {@link LoginRequestPdu}. */
    public static final int LOGIN_REQUEST = 0x03;

    /** From the initiator: {@link TextRequestPdu}. */
    public static final int TEXT_REQUEST = 0x04;

    /** From the initiator: {@link DataOutPdu}. */
    public static final int DATA_OUT = 0x05;

    /** From the initiator: {@link LogoutRequestPdu}. */
    public static final int LOGOUT_REQUEST = 0x06;

    /** From the initiator: {@link SnackRequestPdu}. */
    public static final int SNACK_REQUEST = 0x10;

    /** From the target: {@link NopInPdu}. */
    public static final int NOP_IN = 0x20;

    /** From the target: {@link ScsiResponsePdu}. */
    public static final int SCSI_RESPONSE = 0x21;

    /** From the target: {@link TaskManagementResponsePdu}. */
    public static final int TASK_MANAGEMENT_RESPONSE = 0x22;

    /** From the target: {@link LoginResponsePdu}. */
    public static final int LOGIN_RESPONSE = 0x23;

    /** From the target: {@link TextResponsePdu}. */
    public static final int TEXT_RESPONSE = 0x24;

    /** From the target: {@link DataInPdu}. */
    public static final int DATA_IN = 0x25;

    /** From the target: {@link LogoutResponsePdu}. */
    public static final int LOGOUT_RESPONSE = 0x26;

    /** From the target: {@link R2tPdu}. */
    public static final int R2T = 0x31;

    /** From the target: {@link AsyncMessagePdu}. */
    public static final int ASYNC_MESSAGE = 0x32;

    /** From the target: {@link RejectPdu}. */
    public static final int REJECT = 0x3F;

    private Opcode() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case NOP_OUT -> "NOP-Out";
            case SCSI_COMMAND -> "SCSI Command";
            case TASK_MANAGEMENT_REQUEST -> "Task Management Function Request";
            case LOGIN_REQUEST -> "Login Request";
            case TEXT_REQUEST -> "Text Request";
            case DATA_OUT -> "SCSI Data-Out";
            case LOGOUT_REQUEST -> "Logout Request";
            case SNACK_REQUEST -> "SNACK Request";
            case NOP_IN -> "NOP-In";
            case SCSI_RESPONSE -> "SCSI Response";
            case TASK_MANAGEMENT_RESPONSE -> "Task Management Function Response";
            case LOGIN_RESPONSE -> "Login Response";
            case TEXT_RESPONSE -> "Text Response";
            case DATA_IN -> "SCSI Data-In";
            case LOGOUT_RESPONSE -> "Logout Response";
            case R2T -> "Ready To Transfer";
            case ASYNC_MESSAGE -> "Asynchronous Message";
            case REJECT -> "Reject";
            default -> "0x%02x".formatted(code);
        };
    }
}
