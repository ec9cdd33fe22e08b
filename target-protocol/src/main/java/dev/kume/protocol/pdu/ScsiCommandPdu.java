package dev.kume.protocol.pdu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SCSI Command (RFC 7143 section 11.3): a CDB and how much data it expects to move.
 *
 * <pre>{@code
 * Byte/     0       |       1       |       2       |       3       |
 *    |0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|0 1 2 3 4 5 6 7|
 *    +---------------+---------------+---------------+---------------+
 *   0|.|I| 0x01      |F|R|W|. .|ATTR | Reserved                      |
 *    +---------------+---------------+---------------+---------------+
 *   4| TotalAHSLength| DataSegmentLength                             |
 *    +---------------+---------------+---------------+---------------+
 *   8| Logical Unit Number (LUN)                                     |
 *    |                                                               |
 *    +---------------+---------------+---------------+---------------+
 *  16| Initiator Task Tag                                            |
 *    +---------------+---------------+---------------+---------------+
 *  20| Expected Data Transfer Length                                 |
 *    +---------------+---------------+---------------+---------------+
 *  24| CmdSN                                                         |
 *    +---------------+---------------+---------------+---------------+
 *  28| ExpStatSN                                                     |
 *    +---------------+---------------+---------------+---------------+
 *  32| SCSI Command Descriptor Block (CDB), 16 bytes, bytes 32-47    |
 *    /                                                               /
 *    +---------------+---------------+---------------+---------------+
 * }</pre>
 */
public final class ScsiCommandPdu extends PduHeader<ScsiCommandPdu> {
    static final int FINAL_BIT = 0x80;
    static final int READ_BIT = 0x40;
    static final int WRITE_BIT = 0x20;
    static final int LUN = 8;
    static final int EXPECTED_DATA_TRANSFER_LENGTH = 20;
    static final int CMD_SN = 24;
    static final int EXP_STAT_SN = 28;
    static final int CDB = 32;
    static final int CDB_BYTES = 16;

    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    public ScsiCommandPdu() {}

    /** Zeroes the header and sets the opcode. */
    public ScsiCommandPdu begin() {
        return begin(Opcode.SCSI_COMMAND);
    }

    public boolean isFinal() {
        return hasFlag(FINAL_BIT);
    }

    public ScsiCommandPdu finalBit(boolean value) {
        return flag(FINAL_BIT, value);
    }

    public boolean isRead() {
        return hasFlag(READ_BIT);
    }

    public ScsiCommandPdu readBit(boolean value) {
        return flag(READ_BIT, value);
    }

    public boolean isWrite() {
        return hasFlag(WRITE_BIT);
    }

    public ScsiCommandPdu writeBit(boolean value) {
        return flag(WRITE_BIT, value);
    }

    /** The task attribute, see {@link dev.kume.core.scsi.TaskAttribute}. */
    public int attribute() {
        return flags() & 0x07;
    }

    public ScsiCommandPdu attribute(int attribute) {
        return flags((flags() & 0xF8) | (attribute & 0x07));
    }

    /** The logical unit number as its eight raw bytes; {@link Lun} tells the number. */
    public long lun() {
        return getLong(LUN);
    }

    public ScsiCommandPdu lun(long lun) {
        return setLong(LUN, lun);
    }

    /** Bytes the initiator expects to move. */
    public long expectedDataTransferLength() {
        return getUnsignedInt(EXPECTED_DATA_TRANSFER_LENGTH);
    }

    public ScsiCommandPdu expectedDataTransferLength(long expectedDataTransferLength) {
        return setUnsignedInt(EXPECTED_DATA_TRANSFER_LENGTH, expectedDataTransferLength);
    }

    public int cmdSn() {
        return getInt(CMD_SN);
    }

    public ScsiCommandPdu cmdSn(int cmdSn) {
        return setInt(CMD_SN, cmdSn);
    }

    public int expStatSn() {
        return getInt(EXP_STAT_SN);
    }

    public ScsiCommandPdu expStatSn(int expStatSn) {
        return setInt(EXP_STAT_SN, expStatSn);
    }

    /** Copies the 16 CDB bytes of the header into the first 16 bytes of {@code target}. */
    public void copyCdb(byte[] target) {
        // Netty copies out of a direct buffer through a new ByteBuffer each time; two longs need none.
        BIG_ENDIAN_LONG.set(target, 0, getLong(CDB));
        BIG_ENDIAN_LONG.set(target, Long.BYTES, getLong(CDB + Long.BYTES));
    }

    /** Sets the CDB; it is at most 16 bytes long and zeroes follow it. */
    public ScsiCommandPdu cdb(byte[] cdb) {
        assert cdb.length <= CDB_BYTES : "a longer CDB needs an additional header";
        buffer.setZero(offsetBytes + CDB, CDB_BYTES);
        buffer.setBytes(offsetBytes + CDB, cdb);
        return this;
    }
}
