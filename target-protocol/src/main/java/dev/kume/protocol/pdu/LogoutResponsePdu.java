package dev.kume.protocol.pdu;

/**
 * Logout Response (RFC 7143 section 11.15): the answer to a Logout Request.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x26      |1| Reserved    | Response      | Reserved      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Reserved                                                      |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  24| StatSN                                                        |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  32| MaxCmdSN                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  36| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 *  40| Time2Wait                     | Time2Retain                   |
 *    +---------------+---------------+---------------+---------------+
 *  44| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class LogoutResponsePdu extends PduHeader<LogoutResponsePdu> {
    static final int RESPONSE = 2;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int TIME2_WAIT = 40;
    static final int TIME2_RETAIN = 42;

    public LogoutResponsePdu() {}

    /** Zeroes the header and sets the opcode and the final bit. */
    public LogoutResponsePdu begin() {
        return begin(Opcode.LOGOUT_RESPONSE).flags(FINAL);
    }

    /** See {@link LogoutResponse}. */
    public int response() {
        return getUnsignedByte(RESPONSE);
    }

    public LogoutResponsePdu response(int response) {
        return setByte(RESPONSE, response);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public LogoutResponsePdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public LogoutResponsePdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public LogoutResponsePdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** Seconds to wait before reconnecting. */
    public int time2Wait() {
        return getUnsignedShort(TIME2_WAIT);
    }

    public LogoutResponsePdu time2Wait(int time2Wait) {
        return setShort(TIME2_WAIT, time2Wait);
    }

    /** Seconds the target keeps the tasks for a reconnect. */
    public int time2Retain() {
        return getUnsignedShort(TIME2_RETAIN);
    }

    public LogoutResponsePdu time2Retain(int time2Retain) {
        return setShort(TIME2_RETAIN, time2Retain);
    }
}
