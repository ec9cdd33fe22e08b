package dev.kume.protocol.initiator;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.R2tPdu;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One SCSI command from its submission to its end, over as many connections as it takes. What is package private is
 * confined to the session's loop.
 *
 * <p>It holds the target to the standard: data in order and in place, each R2T within its bounds, residuals that add
 * up. What does not is an {@link InitiatorException} with {@link InitiatorException.Reason#PROTOCOL_VIOLATION}.
 */
public final class InitiatorTask {
    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

    private final ScsiCommand command;
    private final CompletableFuture<ScsiResult> result = new CompletableFuture<>();
    private final ByteBuffer dataIn;
    private final boolean forgiving;

    private int initiatorTaskTag = PduHeader.NO_TAG;
    private int cmdSn;
    private long sentAtNanos;
    private int dataSn;
    private long sequenceBytes;
    private int r2tSn;
    private int askedBytes;
    private int sentBytes;
    private int openBursts;

    /** @param forgiving see {@link SessionSettings} */
    InitiatorTask(ScsiCommand command, boolean forgiving) {
        this.command = command;
        this.forgiving = forgiving;
        dataIn = command.dataInLength() == 0 ? NO_DATA : ByteBuffer.allocate(command.dataInLength());
    }

    public ScsiCommand command() {
        return command;
    }

    /** How it ends; completed on the session's loop, by an {@link InitiatorException} when it was not carried out. */
    public CompletableFuture<ScsiResult> result() {
        return result;
    }

    // ---- on a connection --------------------------------------------------------------------------------------------

    /** It is about to be sent, perhaps again: nothing of an earlier try counts. */
    void begin(int tag, int commandSn, long nowNanos) {
        initiatorTaskTag = tag;
        cmdSn = commandSn;
        sentAtNanos = nowNanos;
        dataIn.clear();
        dataSn = 0;
        sequenceBytes = 0;
        r2tSn = 0;
        askedBytes = 0;
        sentBytes = 0;
        openBursts = 0;
    }

    int initiatorTaskTag() {
        return initiatorTaskTag;
    }

    int cmdSn() {
        return cmdSn;
    }

    long sentAtNanos() {
        return sentAtNanos;
    }

    boolean writes() {
        return command.dataOut().hasRemaining();
    }

    /** Immediate and unsolicited data: so much will be sent without being asked for. */
    void unsolicited(int bytes) {
        askedBytes = bytes;
    }

    /** This much of the data has left. */
    void sent(int bytes) {
        sentBytes += bytes;
    }

    void burstEnded() {
        openBursts--;
    }

    // ---- what the target sends --------------------------------------------------------------------------------------

    void onR2t(R2tPdu pdu, SessionParameters parameters) {
        long offset = pdu.bufferOffset();
        long length = pdu.desiredDataTransferLength();
        check(writes(), () -> "an R2T for a command that does not write");
        check(pdu.r2tSn() == r2tSn, () -> "R2TSN %d where %d was due".formatted(pdu.r2tSn(), r2tSn));
        check(pdu.targetTransferTag() != PduHeader.NO_TAG, () -> "an R2T without target transfer tag");
        check(length > 0 && length <= parameters.maxBurstLength(), () -> "an R2T for %d bytes".formatted(length));
        check(
                offset + length <= command.dataOut().remaining(),
                () -> "an R2T for %d bytes at %d, beyond the transfer of %d"
                        .formatted(length, offset, command.dataOut().remaining()));
        check(
                !parameters.dataSequenceInOrder() || offset == askedBytes,
                () -> "an R2T at %d where %d was due".formatted(offset, askedBytes));
        check(
                openBursts < parameters.maxOutstandingR2T(),
                () -> "more than %d R2T at once".formatted(parameters.maxOutstandingR2T()));
        r2tSn++;
        openBursts++;
        askedBytes = (int) (offset + length);
    }

    void onDataIn(DataInPdu pdu, int dataBytes, SessionParameters parameters) {
        check(command.dataInLength() > 0, () -> "Data-In for a command that does not read");
        check(pdu.dataSn() == dataSn, () -> "DataSN %d where %d was due".formatted(pdu.dataSn(), dataSn));
        check(
                pdu.bufferOffset() == dataIn.position(),
                () -> "Data-In at %d where %d was due".formatted(pdu.bufferOffset(), dataIn.position()));
        check(
                dataBytes <= dataIn.remaining(),
                () -> "%d bytes more than were expected".formatted(dataBytes - dataIn.remaining()));
        dataSn++;
        sequenceBytes += dataBytes;
        check(sequenceBytes <= parameters.maxBurstLength(), () -> "a sequence of %d bytes".formatted(sequenceBytes));
        if (pdu.isFinal()) {
            sequenceBytes = 0;
        }
        check(!pdu.hasStatus() || pdu.isFinal(), () -> "status in a Data-In that is not final");
    }

    void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        int end = dataIn.limit();
        dataIn.limit(dataIn.position() + lengthBytes);
        buffer.getBytes(offsetBytes, dataIn);
        dataIn.limit(end);
    }

    /** Data-In PDUs of a read, R2Ts of a write: what ExpDataSN must say, RFC 7143 11.4.8. */
    void checkExpDataSn(int expDataSn) {
        int sent = writes() ? r2tSn : dataSn;
        check(forgiving || expDataSn == sent, () -> "ExpDataSN %d after %d data PDUs".formatted(expDataSn, sent));
    }

    /** The command has ended so. */
    ScsiResult end(int status, byte[] sense, long residual) {
        int expected = command.expectedDataTransferLength();
        check(residual >= -expected, () -> "a residual of %d in a transfer of %d".formatted(residual, expected));
        long moved = residual < 0 ? expected + residual : expected;
        if (status == ScsiStatus.GOOD || status == ScsiStatus.CONDITION_MET) {
            if (writes()) {
                check(
                        sentBytes >= moved,
                        () -> "good status for %d bytes after %d were sent".formatted(moved, sentBytes));
            } else {
                check(
                        forgiving || dataIn.position() == moved,
                        () -> "%d bytes came, the residual says %d".formatted(dataIn.position(), moved));
            }
        }
        return new ScsiResult(status, sense, dataIn.flip().slice(), residual);
    }

    private void check(boolean right, Supplier<String> wrong) {
        if (!right) {
            throw InitiatorException.violation("task 0x%08x: %s".formatted(initiatorTaskTag, wrong.get()));
        }
    }

    @Override
    public String toString() {
        return "command %02x of LUN %d".formatted(command.operationCode(), command.lun());
    }
}
