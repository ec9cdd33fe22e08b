package dev.kume.protocol.pdu;

/**
 * Text Response (RFC 7143 section 11.11): the answer to a Text Request.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x24      |F|C| Reserved  | Reserved                      |
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
public final class TextResponsePdu extends PduHeader<TextResponsePdu> {
    static final int FINAL_BIT = 0x80;
    static final int CONTINUE_BIT = 0x40;
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;

    public TextResponsePdu() {}

    /** Zeroes the header and sets the opcode. */
    public TextResponsePdu begin() {
        return begin(Opcode.TEXT_RESPONSE);
    }

    public boolean isFinal() {
        return hasFlag(FINAL_BIT);
    }

    public TextResponsePdu finalBit(boolean value) {
        return flag(FINAL_BIT, value);
    }

    public boolean isContinue() {
        return hasFlag(CONTINUE_BIT);
    }

    public TextResponsePdu continueBit(boolean value) {
        return flag(CONTINUE_BIT, value);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public TextResponsePdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** {@link #NO_TAG} in the last response of an exchange. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public TextResponsePdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public TextResponsePdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public TextResponsePdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public TextResponsePdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }
}
