package dev.kume.protocol.pdu;

/**
 * Task Management Function Response (RFC 7143 section 11.6): how a task management function ended.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x22      |1| Reserved    | Response      | Reserved      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Reserved                                                      |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  24| StatSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  32| MaxCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class TaskManagementResponsePdu extends PduHeader<TaskManagementResponsePdu> {
    static final int RESPONSE = 2;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;

    public TaskManagementResponsePdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public TaskManagementResponsePdu begin() {
        return begin(Opcode.TASK_MANAGEMENT_RESPONSE).flags(FINAL);
    }

    /** See {@link TaskManagementResponse}. */
    public int response() {
        return getUnsignedByte(RESPONSE);
    }

    public TaskManagementResponsePdu response(int response) {
        return setByte(RESPONSE, response);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public TaskManagementResponsePdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public TaskManagementResponsePdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public TaskManagementResponsePdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }
}
