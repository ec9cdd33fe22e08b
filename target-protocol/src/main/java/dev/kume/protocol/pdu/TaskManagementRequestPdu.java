package dev.kume.protocol.pdu;

/**
 * Task Management Function Request (RFC 7143 section 11.5): asks to abort tasks or to reset.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x02      |1| Function    | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Logical Unit Number (LUN)                                     |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Referenced Task Tag or 0xffffffff                             |
 *    +---------------+---------------+---------------+---------------+
 *  24| CmdSN                                                         |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpStatSN                                                     |
 *    +---------------+---------------+---------------+---------------+
 *  32| RefCmdSN or Reserved                                          |
 *    +---------------+---------------+---------------+---------------+
 *  36| ExpDataSN or Reserved                                         |
 *    +---------------+---------------+---------------+---------------+
 *  40| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class TaskManagementRequestPdu extends PduHeader<TaskManagementRequestPdu> {
    static final int LUN = 8;
    static final int REFERENCED_TASK_TAG = 20;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;
    static final int REF_CMD_SN = 32;
    static final int EXP_DATA_SN = 36;

    public TaskManagementRequestPdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public TaskManagementRequestPdu begin() {
        return begin(Opcode.TASK_MANAGEMENT_REQUEST).flags(FINAL);
    }

    /** See {@link TaskManagementFunction}. */
    public int function() {
        return flags() & 0x7F;
    }

    public TaskManagementRequestPdu function(int function) {
        return flags((flags() & 0x80) | (function & 0x7F));
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public TaskManagementRequestPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** The initiator task tag of the task to abort. */
    public int referencedTaskTag() {
        return getInt(REFERENCED_TASK_TAG);
    }

    public TaskManagementRequestPdu referencedTaskTag(int referencedTaskTag) {
        return setInt(REFERENCED_TASK_TAG, referencedTaskTag);
    }

    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public TaskManagementRequestPdu cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public TaskManagementRequestPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }

    /** The CmdSN of the task to abort. */
    public int refCmdSn() {
        return getInt(REF_CMD_SN);
    }

    public TaskManagementRequestPdu refCmdSn(int refCmdSn) {
        return setInt(REF_CMD_SN, refCmdSn);
    }

    public int expDataSn() {
        return getInt(EXP_DATA_SN);
    }

    public TaskManagementRequestPdu expDataSn(int expDataSn) {
        return setInt(EXP_DATA_SN, expDataSn);
    }
}
