package dev.kume.protocol.connection;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.login.TextSegment;
import dev.kume.protocol.pdu.AsyncMessagePdu;
import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.Digests;
import dev.kume.protocol.pdu.LogoutResponsePdu;
import dev.kume.protocol.pdu.NopInPdu;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.R2tPdu;
import dev.kume.protocol.pdu.RejectPdu;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import dev.kume.protocol.pdu.TaskManagementResponsePdu;
import dev.kume.protocol.pdu.TextResponsePdu;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the target's PDUs of the full feature phase: header, digests, padding and sequence numbers. Loop only.
 *
 * <p>Every header carries ExpCmdSN and MaxCmdSN as they are when it is written; a PDU with a status takes a StatSN.
 */
final class PduWriter {
    private final Output output;
    private final CommandWindow window;
    private final boolean headerDigest;
    private final boolean dataDigest;
    private final Digests crc = new Digests();
    private final DataInPdu dataIn = new DataInPdu();
    private final ScsiResponsePdu scsiResponse = new ScsiResponsePdu();
    private final R2tPdu r2t = new R2tPdu();
    private final TaskManagementResponsePdu taskManagementResponse = new TaskManagementResponsePdu();
    private final NopInPdu nopIn = new NopInPdu();
    private final TextResponsePdu textResponse = new TextResponsePdu();
    private final LogoutResponsePdu logoutResponse = new LogoutResponsePdu();
    private final RejectPdu reject = new RejectPdu();
    private final AsyncMessagePdu asyncMessage = new AsyncMessagePdu();

    PduWriter(Output output, CommandWindow window, boolean headerDigest, boolean dataDigest) {
        this.output = output;
        this.window = window;
        this.headerDigest = headerDigest;
        this.dataDigest = dataDigest;
    }

    // ---- layout -----------------------------------------------------------------------------------------------------

    private int dataStart(int at) {
        return at + PduHeader.SIZE_BYTES + (headerDigest ? Digests.SIZE_BYTES : 0);
    }

    private int pduBytes(int dataBytes) {
        return dataStart(0)
                + PduHeader.paddedLength(dataBytes)
                + (dataDigest && dataBytes > 0 ? Digests.SIZE_BYTES : 0);
    }

    /** Makes room for a PDU with so much data; tells where it starts. */
    int begin(int dataBytes) {
        return output.begin(pduBytes(dataBytes));
    }

    /** Where the data of the PDU at {@code at} goes. */
    ByteBuffer dataView(int at, int dataBytes) {
        return output.view(dataStart(at), dataBytes);
    }

    private void finish(PduHeader<?> header, int at, int dataBytes) {
        header.dataSegmentLength(dataBytes);
        ByteBuf buf = output.buf();
        if (headerDigest) {
            Digests.write(buf, at + PduHeader.SIZE_BYTES, crc.of(buf, at, PduHeader.SIZE_BYTES));
        }
        if (dataBytes > 0) {
            int start = dataStart(at);
            int padded = PduHeader.paddedLength(dataBytes);
            // A reused buffer holds old bytes: what pads the data must not be one of them.
            buf.setZero(start + dataBytes, padded - dataBytes);
            if (dataDigest) {
                Digests.write(buf, start + padded, crc.of(buf, start, padded));
            }
        }
        output.add(pduBytes(dataBytes));
    }

    // ---- SCSI -------------------------------------------------------------------------------------------------------

    /**
     * A Data-In whose data lies in its place already.
     *
     * @param overflow with the status: bytes the initiator could not take; negative: bytes it will not get
     */
    void dataIn(
            IscsiTask task, int at, int dataBytes, long offset, boolean endOfSequence, boolean status, long overflow) {
        dataIn.wrap(output.buf(), at).begin();
        dataIn.finalBit(endOfSequence)
                .dataSn(task.nextDataSn())
                .bufferOffset(offset)
                .initiatorTaskTag(task.initiatorTaskTag());
        if (status) {
            dataIn.statusBit(true).status(ScsiStatus.GOOD).statSn(window.nextStatSn());
            if (overflow > 0) {
                dataIn.overflowBit(true).residualCount(overflow);
            } else if (overflow < 0) {
                dataIn.underflowBit(true).residualCount(-overflow);
            }
        }
        dataIn.expCmdSn(window.expCmdSn()).maxCmdSn(window.maxCmdSn());
        finish(dataIn, at, dataBytes);
    }

    /** A SCSI Response; {@code sense} goes behind its length, RFC 7143 11.4.7. */
    void scsiResponse(IscsiTask task, int status, byte @Nullable [] sense, long overflow) {
        int dataBytes = sense == null ? 0 : 2 + sense.length;
        int at = begin(dataBytes);
        scsiResponse.wrap(output.buf(), at).begin();
        scsiResponse
                .response(ScsiResponsePdu.COMPLETED_AT_TARGET)
                .status(status)
                .initiatorTaskTag(task.initiatorTaskTag())
                .statSn(window.nextStatSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn())
                .expDataSn(task.dataPdus());
        if (overflow > 0) {
            scsiResponse.overflowBit(true).residualCount(overflow);
        } else if (overflow < 0) {
            scsiResponse.underflowBit(true).residualCount(-overflow);
        }
        if (sense != null) {
            dataView(at, dataBytes).putShort((short) sense.length).put(sense);
        }
        finish(scsiResponse, at, dataBytes);
    }

    void r2t(IscsiTask task, int transferTag, int r2tSn, long offset, int bytes) {
        int at = begin(0);
        r2t.wrap(output.buf(), at).begin();
        r2t.lun(task.lun())
                .initiatorTaskTag(task.initiatorTaskTag())
                .targetTransferTag(transferTag)
                .statSn(window.statSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn())
                .r2tSn(r2tSn)
                .bufferOffset(offset)
                .desiredDataTransferLength(bytes);
        finish(r2t, at, 0);
    }

    void taskManagementResponse(int initiatorTaskTag, int response) {
        int at = begin(0);
        taskManagementResponse.wrap(output.buf(), at).begin();
        taskManagementResponse
                .response(response)
                .initiatorTaskTag(initiatorTaskTag)
                .statSn(window.nextStatSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn());
        finish(taskManagementResponse, at, 0);
    }

    // ---- the rest ---------------------------------------------------------------------------------------------------

    /** The answer to an initiator's ping, with its data. */
    void nopInAnswer(int initiatorTaskTag, long lun, ByteBuffer data) {
        int dataBytes = data.remaining();
        int at = begin(dataBytes);
        nopIn.wrap(output.buf(), at).begin();
        nopIn.lun(lun).initiatorTaskTag(initiatorTaskTag).targetTransferTag(PduHeader.NO_TAG);
        nopIn.statSn(window.nextStatSn());
        nopIn.expCmdSn(window.expCmdSn()).maxCmdSn(window.maxCmdSn());
        dataView(at, dataBytes).put(data);
        finish(nopIn, at, dataBytes);
    }

    /** A ping of our own; its StatSN does not advance, RFC 7143 11.19.2. */
    void nopInPing(int targetTransferTag) {
        int at = begin(0);
        nopIn.wrap(output.buf(), at).begin();
        nopIn.initiatorTaskTag(PduHeader.NO_TAG).targetTransferTag(targetTransferTag);
        nopIn.statSn(window.statSn()).expCmdSn(window.expCmdSn()).maxCmdSn(window.maxCmdSn());
        finish(nopIn, at, 0);
    }

    void textResponse(int initiatorTaskTag, int targetTransferTag, boolean isFinal, boolean goesOn, TextSegment text) {
        int dataBytes = text.lengthBytes();
        int at = begin(dataBytes);
        textResponse.wrap(output.buf(), at).begin();
        textResponse
                .finalBit(isFinal)
                .continueBit(goesOn)
                .initiatorTaskTag(initiatorTaskTag)
                .targetTransferTag(targetTransferTag)
                .statSn(window.nextStatSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn());
        text.copyTo(output.buf(), dataStart(at));
        finish(textResponse, at, dataBytes);
    }

    void logoutResponse(int initiatorTaskTag, int response) {
        int at = begin(0);
        logoutResponse.wrap(output.buf(), at).begin();
        logoutResponse
                .response(response)
                .initiatorTaskTag(initiatorTaskTag)
                .statSn(window.nextStatSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn());
        finish(logoutResponse, at, 0);
    }

    /** Sends the header back that is refused, RFC 7143 11.17. */
    void reject(int reason, byte[] header) {
        int at = begin(header.length);
        reject.wrap(output.buf(), at).begin();
        reject.reason(reason)
                .initiatorTaskTag(PduHeader.NO_TAG)
                .statSn(window.nextStatSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn());
        dataView(at, header.length).put(header);
        finish(reject, at, header.length);
    }

    /** An asynchronous message without data, RFC 7143 11.9. */
    void asyncMessage(int event, int parameter1, int parameter2, int parameter3) {
        int at = begin(0);
        asyncMessage.wrap(output.buf(), at).begin();
        asyncMessage
                .asyncEvent(event)
                .parameter1(parameter1)
                .parameter2(parameter2)
                .parameter3(parameter3)
                .initiatorTaskTag(PduHeader.NO_TAG)
                .statSn(window.nextStatSn())
                .expCmdSn(window.expCmdSn())
                .maxCmdSn(window.maxCmdSn());
        finish(asyncMessage, at, 0);
    }
}
