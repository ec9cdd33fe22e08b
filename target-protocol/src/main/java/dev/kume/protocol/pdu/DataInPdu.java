package dev.kume.protocol.pdu;

/**
 * SCSI Data-In (RFC 7143 section 11.7): read data, and in its last PDU perhaps the status too (phase collapse).
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x25      |F|A|. . .|O|U|S| Reserved      | Status or Rsvd|
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| LUN or Reserved                                               |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Target Transfer Tag or 0xffffffff                             |
 *    +---------------+---------------+---------------+---------------+
 *  24| StatSN or Reserved                                            |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  32| MaxCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| DataSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  40| Buffer Offset                                                 |
 *    +---------------+---------------+---------------+---------------+
 *  44| Residual Count                                                |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class DataInPdu extends PduHeader<DataInPdu> {
    static final int FINAL_BIT = 0x80;
    static final int ACKNOWLEDGE_BIT = 0x40;
    static final int OVERFLOW_BIT = 0x04;
    static final int UNDERFLOW_BIT = 0x02;
    static final int STATUS_BIT = 0x01;
    static final int STATUS = 3;
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int DATA_SN = 36;
    static final int BUFFER_OFFSET = 40;
    static final int RESIDUAL_COUNT = 44;

    public DataInPdu() {}

    /** Zeroes the header and sets the opcode and no target transfer tag. */
    public DataInPdu begin() {
        return begin(Opcode.DATA_IN).targetTransferTag(NO_TAG);
    }

    public boolean isFinal() {
        return hasFlag(FINAL_BIT);
    }

    public DataInPdu finalBit(boolean value) {
        return flag(FINAL_BIT, value);
    }

    public boolean isAcknowledge() {
        return hasFlag(ACKNOWLEDGE_BIT);
    }

    public DataInPdu acknowledgeBit(boolean value) {
        return flag(ACKNOWLEDGE_BIT, value);
    }

    public boolean isOverflow() {
        return hasFlag(OVERFLOW_BIT);
    }

    public DataInPdu overflowBit(boolean value) {
        return flag(OVERFLOW_BIT, value);
    }

    public boolean isUnderflow() {
        return hasFlag(UNDERFLOW_BIT);
    }

    public DataInPdu underflowBit(boolean value) {
        return flag(UNDERFLOW_BIT, value);
    }

    public boolean hasStatus() {
        return hasFlag(STATUS_BIT);
    }

    public DataInPdu statusBit(boolean value) {
        return flag(STATUS_BIT, value);
    }

    /** The SAM status code, valid with the status bit. */
    public int status() {
        return getUnsignedByte(STATUS);
    }

    public DataInPdu status(int status) {
        return setByte(STATUS, status);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public DataInPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** {@link #NO_TAG} unless the acknowledge bit is set. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public DataInPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public DataInPdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public DataInPdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public DataInPdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** Counts the Data-In and R2T PDUs of the command from 0. */
    public int dataSn() {
        return getInt(DATA_SN);
    }

    public DataInPdu dataSn(int dataSn) {
        return setInt(DATA_SN, dataSn);
    }

    /** Where the data belong in the transfer of the command, in bytes. */
    public long bufferOffset() {
        return getUnsignedInt(BUFFER_OFFSET);
    }

    public DataInPdu bufferOffset(long bufferOffset) {
        return setUnsignedInt(BUFFER_OFFSET, bufferOffset);
    }

    /** In bytes, valid with the overflow or the underflow bit. */
    public long residualCount() {
        return getUnsignedInt(RESIDUAL_COUNT);
    }

    public DataInPdu residualCount(long residualCount) {
        return setUnsignedInt(RESIDUAL_COUNT, residualCount);
    }
}
