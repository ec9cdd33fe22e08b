package dev.kume.protocol.pdu;

/**
 * The part of the basic header segment that every PDU has (RFC 7143 section 11.2.1): what a reader needs to know before
 * it knows the opcode.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| Opcode    |F|  Opcode-specific fields                     |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| LUN or Opcode-specific fields                                 |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Opcode-specific fields                                        |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class Bhs extends PduHeader<Bhs> {
    static final int LUN = 8;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;

    public Bhs() {}

    /** Bytes of header, additional headers, data and padding, without digests. */
    public long pduBytes() {
        return (long) SIZE_BYTES + totalAhsBytes() + paddedLength(dataSegmentLength());
    }

    public boolean isFinal() {
        return hasFlag(FINAL);
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public Bhs lun(long lun) {
        return setLong(LUN, lun);
    }

    /** The command sequence number; all requests but Data-Out and SNACK carry one here. */
    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public Bhs cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    /** The StatSN that the initiator expects next; every request carries it here. */
    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public Bhs expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }
}
