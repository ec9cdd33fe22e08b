package dev.kume.protocol.pdu;

/**
 * SCSI Data-Out (RFC 7143 section 11.7): write data, unsolicited or asked for by an R2T.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x05      |F| Reserved    | Reserved                      |
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
 *  24| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpStatSN                                                     |
 *    +---------------+---------------+---------------+---------------+
 *  32| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| DataSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  40| Buffer Offset                                                 |
 *    +---------------+---------------+---------------+---------------+
 *  44| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class DataOutPdu extends PduHeader<DataOutPdu> {
    static final int FINAL_BIT = 0x80;
    static final int LUN = 8;
    static final int TARGET_TRANSFER_TAG = 20;
    static final int EXP_STAT_SN = 28;
    static final int DATA_SN = 36;
    static final int BUFFER_OFFSET = 40;

    public DataOutPdu() {}

    /** Zeroes the header and sets the opcode. */
    public DataOutPdu begin() {
        return begin(Opcode.DATA_OUT);
    }

    public boolean isFinal() {
        return hasFlag(FINAL_BIT);
    }

    public DataOutPdu finalBit(boolean value) {
        return flag(FINAL_BIT, value);
    }

    /** The logical unit number; some initiators leave it wrong, so nothing may depend on it. */
    public long lun() {
        return getLong(LUN);
    }

    public DataOutPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** The tag of the R2T, or {@link #NO_TAG} for unsolicited data. */
    public int targetTransferTag() {
        return getInt(TARGET_TRANSFER_TAG);
    }

    public DataOutPdu targetTransferTag(int targetTransferTag) {
        return setInt(TARGET_TRANSFER_TAG, targetTransferTag);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public DataOutPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }

    /** Starts at 0 in each sequence. */
    public int dataSn() {
        return getInt(DATA_SN);
    }

    public DataOutPdu dataSn(int dataSn) {
        return setInt(DATA_SN, dataSn);
    }

    /** Where the data belong in the transfer of the command, in bytes. */
    public long bufferOffset() {
        return getUnsignedInt(BUFFER_OFFSET);
    }

    public DataOutPdu bufferOffset(long bufferOffset) {
        return setUnsignedInt(BUFFER_OFFSET, bufferOffset);
    }
}
