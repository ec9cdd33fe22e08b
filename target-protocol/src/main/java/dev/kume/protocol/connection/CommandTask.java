package dev.kume.protocol.connection;

import dev.kume.core.io.LoopPort;
import dev.kume.core.scsi.Task;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.SerialNumbers;

/** What the SCSI Command PDU of a task said. Confined to its session's loop. */
abstract class CommandTask extends Task {
    private int initiatorTaskTag;
    private int cmdSn;
    private long lun;
    private boolean immediate;
    private int requestedAttribute;
    private long number;
    private boolean readFlag;
    private boolean writeFlag;
    private long expectedDataTransferLength;

    CommandTask(LoopPort home) {
        super(home);
    }

    /** @param arrival how many commands of the session came before this one */
    void describe(ScsiCommandPdu pdu, long arrival) {
        initiatorTaskTag = pdu.initiatorTaskTag();
        cmdSn = pdu.cmdSn();
        lun = pdu.lun();
        immediate = pdu.isImmediate();
        requestedAttribute = pdu.attribute();
        number = arrival;
        readFlag = pdu.isRead();
        writeFlag = pdu.isWrite();
        expectedDataTransferLength = pdu.expectedDataTransferLength();
        pdu.copyCdb(cdb());
    }

    int initiatorTaskTag() {
        return initiatorTaskTag;
    }

    int cmdSn() {
        return cmdSn;
    }

    long lun() {
        return lun;
    }

    boolean immediate() {
        return immediate;
    }

    int requestedAttribute() {
        return requestedAttribute;
    }

    /** Tells this command from all others of its session. */
    long number() {
        return number;
    }

    /** True when it came among the first {@code count} commands of its session. */
    boolean isAmong(long count) {
        return number < count;
    }

    /** True when its CmdSN comes before that one. An immediate command has no place but that in which it came. */
    boolean isBefore(int otherCmdSn, long count) {
        return immediate ? isAmong(count) : SerialNumbers.isBefore(cmdSn, otherCmdSn);
    }

    boolean readFlag() {
        return readFlag;
    }

    boolean writeFlag() {
        return writeFlag;
    }

    long expectedDataTransferLength() {
        return expectedDataTransferLength;
    }

    @Override
    protected final long transferBytes() {
        return Math.min(lengthBytes(), expectedDataTransferLength);
    }

    @Override
    public long announcedDataOutBytes() {
        return writeFlag ? expectedDataTransferLength : 0;
    }
}
