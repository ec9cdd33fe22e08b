package dev.kume.protocol.pdu;

/**
 * Login Response (RFC 7143 section 11.13): the answer to a Login Request.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x23      |T|C|. .|CSG|NSG| Version-max   | Version-active|
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| ISID (bytes 8-13)                                             |
 *    +                               +---------------+---------------+
 *  12| ISID, bytes 4 and 5           | TSIH                          |
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
 *  36| Status-Class  | Status-Detail | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *  40| Reserved                                                      |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class LoginResponsePdu extends PduHeader<LoginResponsePdu> {
    static final int TRANSIT_BIT = 0x80;
    static final int CONTINUE_BIT = 0x40;
    static final int VERSION_MAX = 2;
    static final int VERSION_ACTIVE = 3;
    static final int ISID = 8;
    static final int TSIH = 14;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int STATUS_CLASS = 36;
    static final int STATUS_DETAIL = 37;

    public LoginResponsePdu() {}

    /** Zeroes the header and sets the opcode. */
    public LoginResponsePdu begin() {
        return begin(Opcode.LOGIN_RESPONSE);
    }

    public boolean isTransit() {
        return hasFlag(TRANSIT_BIT);
    }

    public LoginResponsePdu transitBit(boolean value) {
        return flag(TRANSIT_BIT, value);
    }

    public boolean isContinue() {
        return hasFlag(CONTINUE_BIT);
    }

    public LoginResponsePdu continueBit(boolean value) {
        return flag(CONTINUE_BIT, value);
    }

    /** CSG: 0 security negotiation, 1 operational negotiation, 3 full feature phase. */
    public int currentStage() {
        return (flags() >> 2) & 0x03;
    }

    public LoginResponsePdu currentStage(int currentStage) {
        return flags((flags() & 0xF3) | ((currentStage & 0x03) << 2));
    }

    /** NSG, in the numbers of {@link #currentStage()}; valid with the transit bit. */
    public int nextStage() {
        return flags() & 0x03;
    }

    public LoginResponsePdu nextStage(int nextStage) {
        return flags((flags() & 0xFC) | (nextStage & 0x03));
    }

    public int versionMax() {
        return getUnsignedByte(VERSION_MAX);
    }

    public LoginResponsePdu versionMax(int versionMax) {
        return setByte(VERSION_MAX, versionMax);
    }

    public int versionActive() {
        return getUnsignedByte(VERSION_ACTIVE);
    }

    public LoginResponsePdu versionActive(int versionActive) {
        return setByte(VERSION_ACTIVE, versionActive);
    }

    /** The initiator part of the session id, its six bytes in the low 48 bits. */
    public long isid() {
        return getIsid(ISID);
    }

    public LoginResponsePdu isid(long isid) {
        return setIsid(ISID, isid);
    }

    /** The target part of the session id, not 0 in the last response of a login. */
    public int tsih() {
        return getUnsignedShort(TSIH);
    }

    public LoginResponsePdu tsih(int tsih) {
        return setShort(TSIH, tsih);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public LoginResponsePdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public LoginResponsePdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public LoginResponsePdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** See {@link LoginStatus}. */
    public int statusClass() {
        return getUnsignedByte(STATUS_CLASS);
    }

    public LoginResponsePdu statusClass(int statusClass) {
        return setByte(STATUS_CLASS, statusClass);
    }

    /** See {@link LoginStatus}. */
    public int statusDetail() {
        return getUnsignedByte(STATUS_DETAIL);
    }

    public LoginResponsePdu statusDetail(int statusDetail) {
        return setByte(STATUS_DETAIL, statusDetail);
    }

    /** Sets status class and detail at once. */
    public LoginResponsePdu status(LoginStatus status) {
        return statusClass(status.statusClass()).statusDetail(status.statusDetail());
    }
}
