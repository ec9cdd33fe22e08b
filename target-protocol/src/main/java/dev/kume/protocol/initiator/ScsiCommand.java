package dev.kume.protocol.initiator;

import dev.kume.core.scsi.TaskAttribute;
import java.nio.ByteBuffer;

/** One SCSI command as a session carries it out. Immutable, if its data is left alone until it has ended. */
public final class ScsiCommand {
    /** Bytes of the longest CDB, SPC-4 4.2.3. */
    public static final int CDB_BYTES_MAX = 260;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final int lun;
    private final byte[] cdb;
    private final int attribute;
    private final ByteBuffer dataOut;
    private final int dataInLength;

    /**
     * @param lun          the number of the logical unit
     * @param cdb          not to be changed afterwards; beyond 16 bytes it travels in an additional header
     * @param attribute    one of {@link TaskAttribute}
     * @param dataOut      what is written; not to be changed before the command has ended, for it may be sent again
     * @param dataInLength bytes expected to be read; 0 when data is written
     */
    public ScsiCommand(int lun, byte[] cdb, int attribute, ByteBuffer dataOut, int dataInLength) {
        if (dataOut.hasRemaining() && dataInLength > 0) {
            throw new IllegalArgumentException("a command that reads and writes is not supported");
        }
        if (cdb.length == 0 || cdb.length > CDB_BYTES_MAX) {
            throw new IllegalArgumentException("a CDB of %d bytes".formatted(cdb.length));
        }
        this.lun = lun;
        this.cdb = cdb;
        this.attribute = attribute;
        this.dataOut = dataOut.slice();
        this.dataInLength = dataInLength;
    }

    /** A command that reads {@code dataInLength} bytes, or moves no data when that is 0. */
    public static ScsiCommand read(int lun, byte[] cdb, int dataInLength) {
        return new ScsiCommand(lun, cdb, TaskAttribute.SIMPLE, NOTHING, dataInLength);
    }

    /** A command that writes. */
    public static ScsiCommand write(int lun, byte[] cdb, ByteBuffer dataOut) {
        return new ScsiCommand(lun, cdb, TaskAttribute.SIMPLE, dataOut, 0);
    }

    public ScsiCommand withLun(int other) {
        return new ScsiCommand(other, cdb, attribute, dataOut, dataInLength);
    }

    public ScsiCommand withAttribute(int other) {
        return new ScsiCommand(lun, cdb, other, dataOut, dataInLength);
    }

    public int lun() {
        return lun;
    }

    int attribute() {
        return attribute;
    }

    /** The first byte of the CDB. */
    public int operationCode() {
        return cdb[0] & 0xFF;
    }

    /** What stands where commands that have one have their SERVICE ACTION: the low five bits of the second byte. */
    public int serviceAction() {
        return cdb.length > 1 ? cdb[1] & 0x1F : 0;
    }

    /** The CDB, to look at. */
    public ByteBuffer cdbView() {
        return ByteBuffer.wrap(cdb).asReadOnlyBuffer();
    }

    /** What is written, to look at. */
    public ByteBuffer dataOutView() {
        return dataOut.asReadOnlyBuffer();
    }

    byte[] cdb() {
        return cdb;
    }

    ByteBuffer dataOut() {
        return dataOut;
    }

    int dataInLength() {
        return dataInLength;
    }

    /** Bytes that move, whichever way. */
    int expectedDataTransferLength() {
        return Math.max(dataOut.remaining(), dataInLength);
    }
}
