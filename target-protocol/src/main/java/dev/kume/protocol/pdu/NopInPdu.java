package dev.kume.protocol.pdu;

/**
 * NOP-In (RFC 7143 section 11.19): a ping of the target, or its answer to a ping of the initiator.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x20      |1| Reserved    | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| LUN or Reserved                                               |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag or 0xffffffff                              |
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
public final class NopInPdu extends PduHeader<NopInPdu> {
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;

    public NopInPdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public NopInPdu begin() {
        return begin(Opcode.NOP_IN).flags(FINAL);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public NopInPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** Any other value than {@link #NO_TAG} asks for an answer. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public NopInPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public NopInPdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public NopInPdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public NopInPdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }
}
