package dev.kume.protocol.pdu;

/**
 * NOP-Out (RFC 7143 section 11.18): a ping of the initiator, or its answer to a ping of the target.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x00      |1| Reserved    | Reserved                      |
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
 *  24| CmdSN                                                         |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpStatSN                                                     |
 *    +---------------+---------------+---------------+---------------+
 *  32| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class NopOutPdu extends PduHeader<NopOutPdu> {
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;

    public NopOutPdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public NopOutPdu begin() {
        return begin(Opcode.NOP_OUT).flags(FINAL);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public NopOutPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** The tag of the NOP-In that is answered, or {@link #NO_TAG}. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public NopOutPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public NopOutPdu cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public NopOutPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }
}
