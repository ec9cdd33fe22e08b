package dev.kume.protocol.pdu;

/**
 * SCSI Response (RFC 7143 section 11.4): how a SCSI command ended; its data segment holds the sense data behind a
 * two-byte length.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x21      |1|. .|o|u|O|U|.| Response      | Status        |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Reserved                                                      |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| SNACK Tag or Reserved                                         |
 *    +---------------+---------------+---------------+---------------+
 *  24| StatSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  32| MaxCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| ExpDataSN or Reserved                                         |
 *    +---------------+---------------+---------------+---------------+
 *  40| Bidirectional Read Residual Count or Reserved                 |
 *    +---------------+---------------+---------------+---------------+
 *  44| Residual Count or Reserved                                    |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class ScsiResponsePdu extends PduHeader<ScsiResponsePdu> {
    /** Response code: the SCSI status says how the command ended. */
    public static final int COMPLETED_AT_TARGET = 0x00;

    /** Response code: the target failed before the command could have a status. */
    public static final int TARGET_FAILURE = 0x01;

    static final int BIDIRECTIONAL_READ_OVERFLOW_BIT = 0x10;
    static final int BIDIRECTIONAL_READ_UNDERFLOW_BIT = 0x08;
    static final int OVERFLOW_BIT = 0x04;
    static final int UNDERFLOW_BIT = 0x02;
    static final int RESPONSE = 2;
    static final int STATUS = 3;
    static final int SNACK_TAG = 20;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int EXP_DATA_SN = 36;
    static final int BIDIRECTIONAL_READ_RESIDUAL_COUNT = 40;
    static final int RESIDUAL_COUNT = 44;

    public ScsiResponsePdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public ScsiResponsePdu begin() {
        return begin(Opcode.SCSI_RESPONSE).flags(FINAL);
    }

    public boolean isBidirectionalReadOverflow() {
        return hasFlag(BIDIRECTIONAL_READ_OVERFLOW_BIT);
    }

    public ScsiResponsePdu bidirectionalReadOverflowBit(boolean value) {
        return flag(BIDIRECTIONAL_READ_OVERFLOW_BIT, value);
    }

    public boolean isBidirectionalReadUnderflow() {
        return hasFlag(BIDIRECTIONAL_READ_UNDERFLOW_BIT);
    }

    public ScsiResponsePdu bidirectionalReadUnderflowBit(boolean value) {
        return flag(BIDIRECTIONAL_READ_UNDERFLOW_BIT, value);
    }

    public boolean isOverflow() {
        return hasFlag(OVERFLOW_BIT);
    }

    public ScsiResponsePdu overflowBit(boolean value) {
        return flag(OVERFLOW_BIT, value);
    }

    public boolean isUnderflow() {
        return hasFlag(UNDERFLOW_BIT);
    }

    public ScsiResponsePdu underflowBit(boolean value) {
        return flag(UNDERFLOW_BIT, value);
    }

    /** {@link #COMPLETED_AT_TARGET} or {@link #TARGET_FAILURE}. */
    public int response() {
        return getUnsignedByte(RESPONSE);
    }

    public ScsiResponsePdu response(int response) {
        return setByte(RESPONSE, response);
    }

    /** The SAM status code, valid when the command completed at the target. */
    public int status() {
        return getUnsignedByte(STATUS);
    }

    public ScsiResponsePdu status(int status) {
        return setByte(STATUS, status);
    }

    public int snackTag() {
        return getInt(SNACK_TAG);
    }

    public ScsiResponsePdu snackTag(int snackTag) {
        return setInt(SNACK_TAG, snackTag);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public ScsiResponsePdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public ScsiResponsePdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public ScsiResponsePdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** The number of Data-In and R2T PDUs of the command. */
    public int expDataSn() {
        return getInt(EXP_DATA_SN);
    }

    public ScsiResponsePdu expDataSn(int expDataSn) {
        return setInt(EXP_DATA_SN, expDataSn);
    }

    /** In bytes. */
    public long bidirectionalReadResidualCount() {
        return getUnsignedInt(BIDIRECTIONAL_READ_RESIDUAL_COUNT);
    }

    public ScsiResponsePdu bidirectionalReadResidualCount(long bidirectionalReadResidualCount) {
        return setUnsignedInt(BIDIRECTIONAL_READ_RESIDUAL_COUNT, bidirectionalReadResidualCount);
    }

    /** In bytes, valid with the overflow or the underflow bit. */
    public long residualCount() {
        return getUnsignedInt(RESIDUAL_COUNT);
    }

    public ScsiResponsePdu residualCount(long residualCount) {
        return setUnsignedInt(RESIDUAL_COUNT, residualCount);
    }
}
