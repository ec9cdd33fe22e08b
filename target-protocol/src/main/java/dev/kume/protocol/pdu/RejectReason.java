package dev.kume.protocol.pdu;

/** Why a PDU is rejected (RFC 7143 section 11.17.1). Ints, so that a switch on the event loop allocates nothing. */
public final class RejectReason {
    public static final int DATA_DIGEST_ERROR = 0x02;
    public static final int SNACK_REJECT = 0x03;
    public static final int PROTOCOL_ERROR = 0x04;
    public static final int COMMAND_NOT_SUPPORTED = 0x05;
    public static final int TOO_MANY_IMMEDIATE_COMMANDS = 0x06;
    public static final int TASK_IN_PROGRESS = 0x07;
    public static final int INVALID_DATA_ACK = 0x08;
    /** A field of the header is wrong. */
    public static final int INVALID_PDU_FIELD = 0x09;

    /** No resources: a target transfer tag cannot be made; try again. */
    public static final int LONG_OPERATION_REJECT = 0x0A;

    public static final int WAITING_FOR_LOGOUT = 0x0C;

    private RejectReason() {}

    /** The words of the standard, for messages. */
    public static String nameOf(int code) {
        return switch (code) {
            case DATA_DIGEST_ERROR -> "data digest error";
            case SNACK_REJECT -> "snack reject";
            case PROTOCOL_ERROR -> "protocol error";
            case COMMAND_NOT_SUPPORTED -> "command not supported";
            case TOO_MANY_IMMEDIATE_COMMANDS -> "too many immediate commands";
            case TASK_IN_PROGRESS -> "task in progress";
            case INVALID_DATA_ACK -> "invalid data ack";
            case INVALID_PDU_FIELD -> "invalid PDU field";
            case LONG_OPERATION_REJECT -> "long operation reject";
            case WAITING_FOR_LOGOUT -> "waiting for logout";
            default -> "0x%02x".formatted(code);
        };
    }
}
