package dev.kume.protocol.pdu;

/**
 * SNACK Request (RFC 7143 section 11.16): asks for data, R2Ts or responses again (error recovery level 1 and above).
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x10      |1|. . .| Type  | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| LUN or Reserved                                               |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag or 0xffffffff                              |
 *    +---------------+---------------+---------------+---------------+
 *  20| Target Transfer Tag or SNACK Tag or 0xffffffff                |
 *    +---------------+---------------+---------------+---------------+
 *  24| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpStatSN                                                     |
 *    +---------------+---------------+---------------+---------------+
 *  32| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 *  40| BegRun                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  44| RunLength                                                     |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class SnackRequestPdu extends PduHeader<SnackRequestPdu> {
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int EXP_STAT_SN = 28;
    static final int BEG_RUN = 40;
    static final int RUN_LENGTH = 44;

    public SnackRequestPdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public SnackRequestPdu begin() {
        return begin(Opcode.SNACK_REQUEST).flags(FINAL);
    }

    /** 0 Data/R2T, 1 Status, 2 DataACK, 3 R-Data. */
    public int type() {
        return flags() & 0x0F;
    }

    public SnackRequestPdu type(int type) {
        return flags((flags() & 0xF0) | (type & 0x0F));
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public SnackRequestPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** Or the SNACK tag. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public SnackRequestPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public SnackRequestPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }

    /** The first DataSN, R2TSN or StatSN of the run. */
    public int begRun() {
        return getInt(BEG_RUN);
    }

    public SnackRequestPdu begRun(int begRun) {
        return setInt(BEG_RUN, begRun);
    }

    /** How many; 0 means all from the first on. */
    public long runLength() {
        return getUnsignedInt(RUN_LENGTH);
    }

    public SnackRequestPdu runLength(long runLength) {
        return setUnsignedInt(RUN_LENGTH, runLength);
    }
}
