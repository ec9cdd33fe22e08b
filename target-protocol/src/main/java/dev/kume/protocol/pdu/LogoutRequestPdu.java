package dev.kume.protocol.pdu;

/**
 * Logout Request (RFC 7143 section 11.14): asks to close a session or a connection.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x06      |1| Reason Code | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Reserved                                                      |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| CID or Reserved               | Reserved                      |
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
public final class LogoutRequestPdu extends PduHeader<LogoutRequestPdu> {
    static final int CID = 20;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;

    public LogoutRequestPdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public LogoutRequestPdu begin() {
        return begin(Opcode.LOGOUT_REQUEST).flags(FINAL);
    }

    /** See {@link LogoutReason}. */
    public int reasonCode() {
        return flags() & 0x7F;
    }

    public LogoutRequestPdu reasonCode(int reasonCode) {
        return flags((flags() & 0x80) | (reasonCode & 0x7F));
    }

    /** The connection to close, unless the session is closed. */
    public int cid() {
        return getUnsignedShort(CID);
    }

    public LogoutRequestPdu cid(int cid) {
        return setShort(CID, cid);
    }

    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public LogoutRequestPdu cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public LogoutRequestPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }
}
