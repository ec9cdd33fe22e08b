package dev.kume.protocol.pdu;

/**
 * Asynchronous Message (RFC 7143 section 11.9): tells the initiator what it did not ask for.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x32      |1| Reserved    | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| LUN or Reserved                                               |
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
 *  36| AsyncEvent    | AsyncVCode    | Parameter1 or Reserved        |
 *    +---------------+---------------+---------------+---------------+
 *  40| Parameter2 or Reserved        | Parameter3 or Reserved        |
 *    +---------------+---------------+---------------+---------------+
 *  44| Reserved                                                      |
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class AsyncMessagePdu extends PduHeader<AsyncMessagePdu> {
    static final int LUN = 8;
    static final int STAT_SN = 24;
    static final int EXP_CMD_SN = 28;
    static final int MAX_CMD_SN = 32;
    static final int ASYNC_EVENT = 36;
    static final int ASYNC_V_CODE = 37;
    static final int PARAMETER1 = 38;
    static final int PARAMETER2 = 40;
    static final int PARAMETER3 = 42;

    public AsyncMessagePdu() {}

    /** Zeroes the header and sets the opcode, the final bit and no initiator task tag. */
    public AsyncMessagePdu begin() {
        return begin(Opcode.ASYNC_MESSAGE).flags(FINAL).initiatorTaskTag(NO_TAG);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public AsyncMessagePdu lun(long lun) {
        return setLong(LUN, lun);
    }

    public int statSn() {
        return getInt(STAT_SN);
    }

    public AsyncMessagePdu statSn(int statSn) {
        return setInt(STAT_SN, statSn);
    }

    public int expCmdSn() {
        return getInt(EXP_CMD_SN);
    }

    public AsyncMessagePdu expCmdSn(int expCmdSn) {
        return setInt(EXP_CMD_SN, expCmdSn);
    }

    public int maxCmdSn() {
        return getInt(MAX_CMD_SN);
    }

    public AsyncMessagePdu maxCmdSn(int maxCmdSn) {
        return setInt(MAX_CMD_SN, maxCmdSn);
    }

    /** See {@link AsyncEvent}. */
    public int asyncEvent() {
        return getUnsignedByte(ASYNC_EVENT);
    }

    public AsyncMessagePdu asyncEvent(int asyncEvent) {
        return setByte(ASYNC_EVENT, asyncEvent);
    }

    /** A vendor code, valid with {@link AsyncEvent#VENDOR_SPECIFIC}. */
    public int asyncVCode() {
        return getUnsignedByte(ASYNC_V_CODE);
    }

    public AsyncMessagePdu asyncVCode(int asyncVCode) {
        return setByte(ASYNC_V_CODE, asyncVCode);
    }

    public int parameter1() {
        return getUnsignedShort(PARAMETER1);
    }

    public AsyncMessagePdu parameter1(int parameter1) {
        return setShort(PARAMETER1, parameter1);
    }

    public int parameter2() {
        return getUnsignedShort(PARAMETER2);
    }

    public AsyncMessagePdu parameter2(int parameter2) {
        return setShort(PARAMETER2, parameter2);
    }

    public int parameter3() {
        return getUnsignedShort(PARAMETER3);
    }

    public AsyncMessagePdu parameter3(int parameter3) {
        return setShort(PARAMETER3, parameter3);
    }
}
