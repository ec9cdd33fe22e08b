package dev.kume.protocol.pdu;

/**
 * Ready To Transfer (RFC 7143 section 11.8): asks for a part of the write data.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x31      |1| Reserved    | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Logical Unit Number (LUN)                                     |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Target Transfer Tag                                           |
 *    +---------------+---------------+---------------+---------------+
 *  24| StatSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  32| MaxCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| R2TSN                                                         |
 *    +---------------+---------------+---------------+---------------+
 *  40| Buffer Offset                                                 |
 *    +---------------+---------------+---------------+---------------+
 *  44| Desired Data Transfer Length                                  |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class R2tPdu extends PduHeader<R2tPdu> {
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int R2T_SN = 36;
    static final int BUFFER_OFFSET = 40;
    static final int DESIRED_DATA_TRANSFER_LENGTH = 44;

    public R2tPdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public R2tPdu begin() {
        return begin(Opcode.R2T).flags(FINAL);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public R2tPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** The tag that the Data-Out PDUs will carry. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public R2tPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public R2tPdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public R2tPdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public R2tPdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** Counts the R2T PDUs of the command from 0. */
    public int r2tSn() {
        return getInt(R2T_SN);
    }

    public R2tPdu r2tSn(int r2tSn) {
        return setInt(R2T_SN, r2tSn);
    }

    /** Where the wanted data lie in the transfer of the command, in bytes. */
    public long bufferOffset() {
        return getUnsignedInt(BUFFER_OFFSET);
    }

    public R2tPdu bufferOffset(long bufferOffset) {
        return setUnsignedInt(BUFFER_OFFSET, bufferOffset);
    }

    /** Bytes wanted, never 0 nor above MaxBurstLength. */
    public long desiredDataTransferLength() {
        return getUnsignedInt(DESIRED_DATA_TRANSFER_LENGTH);
    }

    public R2tPdu desiredDataTransferLength(long desiredDataTransferLength) {
        return setUnsignedInt(DESIRED_DATA_TRANSFER_LENGTH, desiredDataTransferLength);
    }
}
