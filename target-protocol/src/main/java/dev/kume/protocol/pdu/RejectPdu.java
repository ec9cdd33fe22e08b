package dev.kume.protocol.pdu;

/**
 * Reject (RFC 7143 section 11.17): a PDU was refused; the data segment holds the header of the refused PDU.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x3f      |1| Reserved    | Reason        | Reserved      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Reserved                                                      |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| 0xffffffff                                                    |
 *    +---------------+---------------+---------------+---------------+
 *  20| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  24| StatSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  32| MaxCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| DataSN/R2TSN or Reserved                                      |
 *    +---------------+---------------+---------------+---------------+
 *  40| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class RejectPdu extends PduHeader<RejectPdu> {
    static final int REASON = 2;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int DATA_SN_OR_R2T_SN = 36;

    public RejectPdu() {}

    /** Zeroes the header and sets the opcode, the final bit and no initiator task tag. */
    public RejectPdu begin() {
        return begin(Opcode.REJECT).flags(FINAL).initiatorTaskTag(NO_TAG);
    }

    /** See {@link RejectReason}. */
    public int reason() {
        return getUnsignedByte(REASON);
    }

    public RejectPdu reason(int reason) {
        return setByte(REASON, reason);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public RejectPdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public RejectPdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public RejectPdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** Valid with {@link RejectReason#PROTOCOL_ERROR} and after a lost data PDU. */
    public int dataSnOrR2tSn() {
        return getInt(DATA_SN_OR_R2T_SN);
    }

    public RejectPdu dataSnOrR2tSn(int dataSnOrR2tSn) {
        return setInt(DATA_SN_OR_R2T_SN, dataSnOrR2tSn);
    }
}
