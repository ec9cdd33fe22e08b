package dev.kume.protocol.initiator;

import dev.kume.protocol.login.InitiatorLoginStep;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.pdu.DataOutPdu;
import dev.kume.protocol.pdu.Digests;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LogoutRequestPdu;
import dev.kume.protocol.pdu.Lun;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import dev.kume.protocol.pdu.TextRequestPdu;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes the initiator's PDUs: header, additional header, digests, padding and sequence numbers. Loop only. */
final class RequestWriter {
    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);
    private static final int CDB_BYTES = 16;
    private static final int AHS_HEADER_BYTES = 4;
    private static final int AHS_EXTENDED_CDB = 1;

    private final Channel channel;
    private final WireFilter filter;
    private final SessionNumbers numbers;
    private final Digests crc = new Digests();
    private final ScsiCommandPdu scsiCommand = new ScsiCommandPdu();
    private final DataOutPdu dataOut = new DataOutPdu();
    private boolean headerDigest;
    private boolean dataDigest;
    private boolean dirty;

    RequestWriter(Channel channel, WireFilter filter, SessionNumbers numbers) {
        this.channel = channel;
        this.filter = filter;
        this.numbers = numbers;
    }

    void negotiated(SessionParameters parameters) {
        headerDigest = parameters.headerDigest();
        dataDigest = parameters.dataDigest();
    }

    /** Hands everything to the network. */
    void flush() {
        if (dirty) {
            dirty = false;
            channel.flush();
        }
    }

    // ---- requests ---------------------------------------------------------------------------------------------------

    void login(InitiatorLoginStep.Send step, long isid, int initiatorTaskTag) {
        ByteBuf buffer = begin(0, step.text().lengthBytes());
        LoginRequestPdu pdu = new LoginRequestPdu().wrap(buffer, 0).begin();
        pdu.transitBit(step.transit())
                .continueBit(step.continues())
                .currentStage(step.currentStage())
                .nextStage(step.nextStage())
                .isid(isid)
                .initiatorTaskTag(initiatorTaskTag)
                .cid(1)
                .cmdSn(numbers.cmdSn())
                .expStatSn(numbers.expStatSn());
        send(pdu, buffer, ByteBuffer.wrap(step.text().toBytes()));
    }

    /** A command with {@code immediateBytes} of its data; final: no unsolicited data follows. */
    void command(InitiatorTask task, int immediateBytes, boolean isFinal) {
        ScsiCommand command = task.command();
        byte[] cdb = command.cdb();
        int ahsBytes = cdb.length > CDB_BYTES ? AHS_HEADER_BYTES + PduHeader.paddedLength(cdb.length - CDB_BYTES) : 0;
        ByteBuf buffer = begin(ahsBytes, immediateBytes);
        ScsiCommandPdu pdu = scsiCommand.wrap(buffer, 0).begin();
        pdu.finalBit(isFinal)
                .readBit(command.dataInLength() > 0)
                .writeBit(task.writes())
                .attribute(command.attribute())
                .lun(Lun.raw(command.lun()))
                .initiatorTaskTag(task.initiatorTaskTag())
                .expectedDataTransferLength(command.expectedDataTransferLength())
                .cmdSn(task.cmdSn())
                .expStatSn(numbers.expStatSn())
                .cdb(cdb.length > CDB_BYTES ? Arrays.copyOf(cdb, CDB_BYTES) : cdb);
        if (ahsBytes > 0) {
            int restBytes = cdb.length - CDB_BYTES;
            pdu.totalAhsLength(ahsBytes / Integer.BYTES);
            buffer.setZero(PduHeader.SIZE_BYTES, ahsBytes);
            // AHSLength counts the byte before the CDB's rest too, RFC 7143 11.2.2.1.
            buffer.setShort(PduHeader.SIZE_BYTES, restBytes + 1).setByte(PduHeader.SIZE_BYTES + 2, AHS_EXTENDED_CDB);
            buffer.setBytes(PduHeader.SIZE_BYTES + AHS_HEADER_BYTES, cdb, CDB_BYTES, restBytes);
        }
        send(pdu, buffer, command.dataOut().slice(0, immediateBytes));
    }

    /** A piece of a command's data; final: it ends the burst. */
    void dataOut(InitiatorTask task, int transferTag, int dataSn, int offsetBytes, int lengthBytes, boolean isFinal) {
        ByteBuf buffer = begin(0, lengthBytes);
        DataOutPdu pdu = dataOut.wrap(buffer, 0).begin();
        pdu.finalBit(isFinal)
                .lun(Lun.raw(task.command().lun()))
                .initiatorTaskTag(task.initiatorTaskTag())
                .targetTransferTag(transferTag)
                .expStatSn(numbers.expStatSn())
                .dataSn(dataSn)
                .bufferOffset(offsetBytes);
        send(pdu, buffer, task.command().dataOut().slice(offsetBytes, lengthBytes));
    }

    /** A ping of our own, or the answer to one of the target when there is no initiator task tag. */
    void nopOut(int initiatorTaskTag, int targetTransferTag, long lun, ByteBuffer data) {
        ByteBuf buffer = begin(0, data.remaining());
        NopOutPdu pdu = new NopOutPdu().wrap(buffer, 0).begin();
        pdu.immediate(true)
                .lun(lun)
                .initiatorTaskTag(initiatorTaskTag)
                .targetTransferTag(targetTransferTag)
                .cmdSn(numbers.cmdSn())
                .expStatSn(numbers.expStatSn());
        send(pdu, buffer, data);
    }

    void taskManagement(int initiatorTaskTag, int function, int lun, int referencedTaskTag, int refCmdSn) {
        ByteBuf buffer = begin(0, 0);
        TaskManagementRequestPdu pdu =
                new TaskManagementRequestPdu().wrap(buffer, 0).begin();
        pdu.immediate(true)
                .function(function)
                .lun(Lun.raw(lun))
                .initiatorTaskTag(initiatorTaskTag)
                .referencedTaskTag(referencedTaskTag)
                .refCmdSn(refCmdSn)
                .cmdSn(numbers.cmdSn())
                .expStatSn(numbers.expStatSn());
        send(pdu, buffer, NO_DATA);
    }

    void text(int initiatorTaskTag, int targetTransferTag, boolean isFinal, boolean continues, byte[] text) {
        ByteBuf buffer = begin(0, text.length);
        TextRequestPdu pdu = new TextRequestPdu().wrap(buffer, 0).begin();
        pdu.immediate(true)
                .finalBit(isFinal)
                .continueBit(continues)
                .initiatorTaskTag(initiatorTaskTag)
                .targetTransferTag(targetTransferTag)
                .cmdSn(numbers.cmdSn())
                .expStatSn(numbers.expStatSn());
        send(pdu, buffer, ByteBuffer.wrap(text));
    }

    void logout(int initiatorTaskTag, int reasonCode) {
        ByteBuf buffer = begin(0, 0);
        LogoutRequestPdu pdu = new LogoutRequestPdu().wrap(buffer, 0).begin();
        pdu.immediate(true)
                .reasonCode(reasonCode)
                .cid(1)
                .initiatorTaskTag(initiatorTaskTag)
                .cmdSn(numbers.cmdSn())
                .expStatSn(numbers.expStatSn());
        send(pdu, buffer, NO_DATA);
    }

    // ---- layout -----------------------------------------------------------------------------------------------------

    private ByteBuf begin(int ahsBytes, int dataBytes) {
        int bytes = PduHeader.SIZE_BYTES + ahsBytes + (headerDigest ? Digests.SIZE_BYTES : 0);
        if (dataBytes > 0) {
            bytes += PduHeader.paddedLength(dataBytes) + (dataDigest ? Digests.SIZE_BYTES : 0);
        }
        return channel.alloc().buffer(bytes, bytes).writerIndex(bytes);
    }

    private void send(PduHeader<?> header, ByteBuf buffer, ByteBuffer data) {
        int dataBytes = data.remaining();
        header.dataSegmentLength(dataBytes);
        int at = PduHeader.SIZE_BYTES + header.totalAhsBytes();
        if (headerDigest) {
            Digests.write(buffer, at, crc.of(buffer, 0, at));
            at += Digests.SIZE_BYTES;
        }
        if (dataBytes > 0) {
            int paddedBytes = PduHeader.paddedLength(dataBytes);
            buffer.setBytes(at, data);
            buffer.setZero(at + dataBytes, paddedBytes - dataBytes);
            if (dataDigest) {
                Digests.write(buffer, at + paddedBytes, crc.of(buffer, at, paddedBytes));
            }
        }
        filter.outgoing(buffer);
        channel.write(buffer, channel.voidPromise());
        dirty = true;
    }
}
