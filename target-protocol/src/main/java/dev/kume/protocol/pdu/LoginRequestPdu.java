package dev.kume.protocol.pdu;

/**
 * Login Request (RFC 7143 section 11.12): one step of the login, with key=value pairs.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x03      |T|C|. .|CSG|NSG| Version-max   | Version-min   |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| ISID (bytes 8-13)                                             |
 *    +                               +---------------+---------------+
 *  12| ISID, bytes 4 and 5           | TSIH                          |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| CID                           | Reserved                      |
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
public final class LoginRequestPdu extends PduHeader<LoginRequestPdu> {
    static final int TRANSIT_BIT = 0x80;
    static final int CONTINUE_BIT = 0x40;
    static final int VERSION_MAX = 2;
    static final int VERSION_MIN = 3;
    static final int ISID = 8;
    static final int TSIH = 14;
    static final int CID = 20;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;

    public LoginRequestPdu() {}

    /** Zeroes the header and sets the opcode and the immediate bit, which a login always carries. */
    public LoginRequestPdu begin() {
        return begin(Opcode.LOGIN_REQUEST).immediate(true);
    }

    public boolean isTransit() {
        return hasFlag(TRANSIT_BIT);
    }

    public LoginRequestPdu transitBit(boolean value) {
        return flag(TRANSIT_BIT, value);
    }

    public boolean isContinue() {
        return hasFlag(CONTINUE_BIT);
    }

    public LoginRequestPdu continueBit(boolean value) {
        return flag(CONTINUE_BIT, value);
    }

    /** CSG: 0 security negotiation, 1 operational negotiation, 3 full feature phase. */
    public int currentStage() {
        return (flags() >> 2) & 0x03;
    }

    public LoginRequestPdu currentStage(int currentStage) {
        return flags((flags() & 0xF3) | ((currentStage & 0x03) << 2));
    }

    /** NSG, in the numbers of {@link #currentStage()}; valid with the transit bit. */
    public int nextStage() {
        return flags() & 0x03;
    }

    public LoginRequestPdu nextStage(int nextStage) {
        return flags((flags() & 0xFC) | (nextStage & 0x03));
    }

    public int versionMax() {
        return getUnsignedByte(VERSION_MAX);
    }

    public LoginRequestPdu versionMax(int versionMax) {
        return setByte(VERSION_MAX, versionMax);
    }

    public int versionMin() {
        return getUnsignedByte(VERSION_MIN);
    }

    public LoginRequestPdu versionMin(int versionMin) {
        return setByte(VERSION_MIN, versionMin);
    }

    /** The initiator part of the session id, its six bytes in the low 48 bits. */
    public long isid() {
        return getIsid(ISID);
    }

    public LoginRequestPdu isid(long isid) {
        return setIsid(ISID, isid);
    }

    /** The target part of the session id: 0 asks for a new session. */
    public int tsih() {
        return getUnsignedShort(TSIH);
    }

    public LoginRequestPdu tsih(int tsih) {
        return setShort(TSIH, tsih);
    }

    /** The connection id. */
    public int cid() {
        return getUnsignedShort(CID);
    }

    public LoginRequestPdu cid(int cid) {
        return setShort(CID, cid);
    }

    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public LoginRequestPdu cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public LoginRequestPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }
}
