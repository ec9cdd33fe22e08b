package dev.kume.protocol.pdu;

/**
 * Text Request (RFC 7143 section 11.10): key=value pairs in the full feature phase.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x04      |F|C| Reserved  | Reserved                      |
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
 *  24| CmdSN                                                         |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpStatSN                                                     |
 *    +---------------+---------------+---------------+---------------+
 *  32| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class TextRequestPdu extends PduHeader<TextRequestPdu> {
    static final int FINAL_BIT = 0x80;
    static final int CONTINUE_BIT = 0x40;
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;

    public TextRequestPdu() {}

    /** Zeroes the header and sets the opcode. */
    public TextRequestPdu begin() {
        return begin(Opcode.TEXT_REQUEST);
    }

    public boolean isFinal() {
        return hasFlag(FINAL_BIT);
    }

    public TextRequestPdu finalBit(boolean value) {
        return flag(FINAL_BIT, value);
    }

    public boolean isContinue() {
        return hasFlag(CONTINUE_BIT);
    }

    public TextRequestPdu continueBit(boolean value) {
        return flag(CONTINUE_BIT, value);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public TextRequestPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** {@link #NO_TAG} in the first request of an exchange, then the tag of the answer. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public TextRequestPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public TextRequestPdu cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public TextRequestPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }
}
