package dev.kume.protocol.initiator;

import dev.kume.core.Limits;
import dev.kume.protocol.login.KeyValue;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.pdu.AsyncMessagePdu;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.LogoutResponse;
import dev.kume.protocol.pdu.LogoutResponsePdu;
import dev.kume.protocol.pdu.NopInPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.R2tPdu;
import dev.kume.protocol.pdu.RejectPdu;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import dev.kume.protocol.pdu.TaskManagementResponsePdu;
import dev.kume.protocol.pdu.TextResponsePdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the initiator in the full feature phase: what is under way on it, and what the target's PDUs mean for
 * it. Loop only.
 */
final class FullFeaturePhase {
    /** Whom this phase tells what is not an answer. */
    interface Owner {
        void onAsyncMessage(AsyncMessagePdu pdu);

        void onReject(int reason);
    }

    private static final int ANSWERS_WAITING_MAX = 128;

    private final SessionParameters parameters;
    private final SessionNumbers numbers;
    private final RequestWriter writer;
    private final Channel channel;
    private final Owner owner;
    private final Limits limits;
    private final DataOutQueue dataOut;
    private final TaskFunctions functions;
    /** In the order in which they were sent. */
    private final Map<Integer, InitiatorTask> tasks = new LinkedHashMap<>();

    private final Map<Integer, CompletableFuture<ByteBuffer>> pings = new HashMap<>();
    private final Map<Integer, TextDialogue> texts = new HashMap<>();
    private @Nullable CompletableFuture<Integer> logout;
    private int lastTag;
    private int answersWaiting;

    private final DataInPdu dataIn = new DataInPdu();
    private @Nullable InitiatorTask dataInTask;
    private boolean dataInHasStatus;
    private int dataInStatus;
    private int dataInStatSn;
    private long dataInResidual;

    /** @param firstTag initiator task tags count on from here */
    FullFeaturePhase(
            SessionParameters parameters,
            SessionNumbers numbers,
            RequestWriter writer,
            Channel channel,
            Owner owner,
            Limits limits,
            int firstTag) {
        this.parameters = parameters;
        this.numbers = numbers;
        this.writer = writer;
        this.channel = channel;
        this.owner = owner;
        this.limits = limits;
        lastTag = firstTag;
        dataOut = new DataOutQueue(channel, writer, parameters.targetMaxRecvDataSegmentLength());
        functions = new TaskFunctions(writer, numbers, this::endTasks);
    }

    // ---- requests ---------------------------------------------------------------------------------------------------

    SessionParameters parameters() {
        return parameters;
    }

    /** True when a command may be sent: the target takes one more, and the network has room. */
    boolean takesCommand() {
        return numbers.windowIsOpen() && channel.isWritable() && dataOut.isEmpty();
    }

    void send(InitiatorTask task, long nowNanos) {
        task.begin(nextTag(), numbers.takeCmdSn(), nowNanos);
        tasks.put(task.initiatorTaskTag(), task);
        int total = task.command().dataOut().remaining();
        int burst = Math.min(total, parameters.firstBurstLength());
        int immediate = parameters.immediateData() ? Math.min(burst, parameters.targetMaxRecvDataSegmentLength()) : 0;
        int unsolicited = parameters.initialR2T() ? immediate : burst;
        task.unsolicited(unsolicited);
        task.sent(immediate);
        writer.command(task, immediate, unsolicited == immediate);
        if (unsolicited > immediate) {
            dataOut.unsolicited(task, immediate, unsolicited);
            dataOut.pump();
        }
    }

    CompletableFuture<Integer> manage(int function, int lun, @Nullable InitiatorTask task) {
        return functions.send(nextTag(), function, lun, task);
    }

    CompletableFuture<ByteBuffer> ping(ByteBuffer data) {
        CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
        int tag = nextTag();
        pings.put(tag, answer);
        writer.nopOut(tag, PduHeader.NO_TAG, 0, data);
        return answer;
    }

    CompletableFuture<List<KeyValue>> text(List<KeyValue> pairs) {
        int tag = nextTag();
        TextDialogue dialogue = new TextDialogue(writer, tag, parameters.targetMaxRecvDataSegmentLength(), limits);
        texts.put(tag, dialogue);
        dialogue.begin(pairs);
        return dialogue.answer();
    }

    /** Completes with the seconds to wait before the next login. */
    CompletableFuture<Integer> logout(int reasonCode) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        logout = answer;
        writer.logout(nextTag(), reasonCode);
        return answer;
    }

    void pumpData() {
        dataOut.pump();
    }

    /** Tasks without an answer, in the order in which they were sent. */
    Collection<InitiatorTask> tasks() {
        return tasks.values();
    }

    boolean isUnderWay(InitiatorTask task) {
        return tasks.get(task.initiatorTaskTag()) == task;
    }

    /** The connection is gone: its requests fail, and the commands are handed back in the order they were sent. */
    List<InitiatorTask> end(InitiatorException why) {
        List<InitiatorTask> left = new ArrayList<>(tasks.values());
        tasks.clear();
        functions.fail(why);
        pings.values().forEach(each -> each.completeExceptionally(why));
        texts.values().forEach(each -> each.answer().completeExceptionally(why));
        if (logout != null) {
            logout.completeExceptionally(why);
        }
        return left;
    }

    private int nextTag() {
        if (++lastTag == PduHeader.NO_TAG) {
            lastTag++;
        }
        return lastTag;
    }

    int lastTag() {
        return lastTag;
    }

    // ---- read data --------------------------------------------------------------------------------------------------

    /** Looks at a header. False: the PDU comes back whole in {@link #onPdu}. */
    boolean onHeader(ByteBuf buffer, int offsetBytes, int dataBytes) {
        dataInTask = null;
        dataIn.wrap(buffer, offsetBytes);
        if (dataIn.opcode() != Opcode.DATA_IN) {
            return false;
        }
        numbers.onWindow(dataIn.expCmdSn(), dataIn.maxCmdSn());
        InitiatorTask task = task(dataIn.initiatorTaskTag());
        if (dataIn.isAcknowledge()) {
            throw InitiatorException.violation("the A bit at error recovery level 0");
        }
        task.onDataIn(dataIn, dataBytes, parameters);
        dataInTask = task;
        dataInHasStatus = dataIn.hasStatus();
        dataInStatus = dataIn.status();
        dataInStatSn = dataIn.statSn();
        dataInResidual = residual(dataIn.isOverflow(), dataIn.isUnderflow(), dataIn.residualCount());
        return true;
    }

    void onData(ByteBuf buffer, int offsetBytes, int lengthBytes) {
        InitiatorTask task = dataInTask;
        if (task != null) {
            task.onData(buffer, offsetBytes, lengthBytes);
        }
    }

    void onDataEnd() {
        InitiatorTask task = dataInTask;
        dataInTask = null;
        if (task != null && dataInHasStatus) {
            numbers.onStatus(dataInStatSn);
            complete(task, task.end(dataInStatus, new byte[0], dataInResidual));
        }
    }

    private InitiatorTask task(int initiatorTaskTag) {
        InitiatorTask task = tasks.get(initiatorTaskTag);
        if (task == null) {
            throw InitiatorException.violation(
                    "the target answers task 0x%08x, which does not exist".formatted(initiatorTaskTag));
        }
        return task;
    }

    private void complete(InitiatorTask task, ScsiResult result) {
        remove(task);
        task.result().complete(result);
    }

    private void remove(InitiatorTask task) {
        tasks.remove(task.initiatorTaskTag());
        dataOut.forget(task);
    }

    private void endTasks(List<InitiatorTask> ended, InitiatorException why) {
        List<InitiatorTask> mine = ended.stream().filter(this::isUnderWay).toList();
        mine.forEach(this::remove);
        mine.forEach(task -> task.result().completeExceptionally(why));
    }

    private static long residual(boolean overflow, boolean underflow, long count) {
        if (overflow && underflow) {
            throw InitiatorException.violation("overflow and underflow at once");
        }
        return overflow ? count : underflow ? -count : 0;
    }

    // ---- other PDUs -------------------------------------------------------------------------------------------------

    void onPdu(TargetPdu pdu) {
        ByteBuf header = pdu.header;
        switch (new Bhs().wrap(header, 0).opcode()) {
            case Opcode.SCSI_RESPONSE -> onScsiResponse(new ScsiResponsePdu().wrap(header, 0), pdu.data);
            case Opcode.R2T -> onR2t(new R2tPdu().wrap(header, 0));
            case Opcode.TASK_MANAGEMENT_RESPONSE -> onTaskManagement(new TaskManagementResponsePdu().wrap(header, 0));
            case Opcode.NOP_IN -> onNopIn(new NopInPdu().wrap(header, 0), pdu.data);
            case Opcode.TEXT_RESPONSE -> onText(new TextResponsePdu().wrap(header, 0), pdu.data);
            case Opcode.LOGOUT_RESPONSE -> onLogout(new LogoutResponsePdu().wrap(header, 0));
            case Opcode.REJECT -> onReject(new RejectPdu().wrap(header, 0), pdu.data);
            case Opcode.ASYNC_MESSAGE -> {
                AsyncMessagePdu message = new AsyncMessagePdu().wrap(header, 0);
                status(message.statSn(), message.expCmdSn(), message.maxCmdSn());
                owner.onAsyncMessage(message);
            }
            default ->
                throw InitiatorException.violation(
                        "%s in the full feature phase".formatted(Opcode.nameOf(header.getByte(0) & 0x3F)));
        }
    }

    private void status(int statSn, int expCmdSn, int maxCmdSn) {
        numbers.onStatus(statSn);
        numbers.onWindow(expCmdSn, maxCmdSn);
    }

    private void onScsiResponse(ScsiResponsePdu pdu, ByteBuf data) {
        status(pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn());
        InitiatorTask task = task(pdu.initiatorTaskTag());
        if (pdu.response() != ScsiResponsePdu.COMPLETED_AT_TARGET) {
            remove(task);
            task.result()
                    .completeExceptionally(new InitiatorException(
                            InitiatorException.Reason.TASK_ENDED, "target failure 0x%02x".formatted(pdu.response())));
            return;
        }
        task.checkExpDataSn(pdu.expDataSn());
        long residual = residual(pdu.isOverflow(), pdu.isUnderflow(), pdu.residualCount());
        complete(task, task.end(pdu.status(), sense(data), residual));
    }

    /** RFC 7143 11.4.7.1: two bytes of length, then the sense data. */
    private static byte[] sense(ByteBuf data) {
        if (!data.isReadable()) {
            return new byte[0];
        }
        if (data.readableBytes() < Short.BYTES || data.getUnsignedShort(0) > data.readableBytes() - Short.BYTES) {
            throw InitiatorException.violation("sense data longer than the data segment");
        }
        return ByteBufUtil.getBytes(data, Short.BYTES, data.getUnsignedShort(0));
    }

    private void onR2t(R2tPdu pdu) {
        numbers.onCurrentStatus(pdu.statSn());
        numbers.onWindow(pdu.expCmdSn(), pdu.maxCmdSn());
        InitiatorTask task = task(pdu.initiatorTaskTag());
        task.onR2t(pdu, parameters);
        int offset = (int) pdu.bufferOffset();
        int length = (int) pdu.desiredDataTransferLength();
        dataOut.solicited(task, pdu.targetTransferTag(), offset, offset + length);
        dataOut.pump();
    }

    private void onTaskManagement(TaskManagementResponsePdu pdu) {
        status(pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn());
        functions.onResponse(pdu.initiatorTaskTag(), pdu.response(), tasks.values());
    }

    private void onNopIn(NopInPdu pdu, ByteBuf data) {
        if (pdu.initiatorTaskTag() == PduHeader.NO_TAG) {
            numbers.onCurrentStatus(pdu.statSn());
            numbers.onWindow(pdu.expCmdSn(), pdu.maxCmdSn());
            if (pdu.targetTransferTag() != PduHeader.NO_TAG) {
                checkAnswersAreTaken();
                writer.nopOut(PduHeader.NO_TAG, pdu.targetTransferTag(), pdu.lun(), ByteBuffer.allocate(0));
            }
            return;
        }
        status(pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn());
        CompletableFuture<ByteBuffer> ping = pings.remove(pdu.initiatorTaskTag());
        if (ping == null || pdu.targetTransferTag() != PduHeader.NO_TAG) {
            throw InitiatorException.violation("a NOP-In that answers nothing");
        }
        ping.complete(ByteBuffer.wrap(ByteBufUtil.getBytes(data)));
    }

    /** Who asks and asks and takes no answer would make them pile up here. */
    private void checkAnswersAreTaken() {
        answersWaiting = channel.isWritable() ? 0 : answersWaiting + 1;
        if (answersWaiting > ANSWERS_WAITING_MAX) {
            throw InitiatorException.violation("%d NOP-In came and no answer was taken".formatted(answersWaiting));
        }
    }

    private void onText(TextResponsePdu pdu, ByteBuf data) {
        status(pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn());
        TextDialogue dialogue = texts.get(pdu.initiatorTaskTag());
        if (dialogue == null) {
            throw InitiatorException.violation("a Text Response that answers nothing");
        }
        if (dialogue.onResponse(pdu, data)) {
            texts.remove(pdu.initiatorTaskTag());
        }
    }

    private void onLogout(LogoutResponsePdu pdu) {
        status(pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn());
        CompletableFuture<Integer> answer = logout;
        if (answer == null) {
            throw InitiatorException.violation("a Logout Response that answers nothing");
        }
        if (pdu.response() == LogoutResponse.CLOSED) {
            answer.complete(pdu.time2Wait());
        } else {
            answer.completeExceptionally(new InitiatorException(
                    InitiatorException.Reason.REJECTED, "logout: " + LogoutResponse.nameOf(pdu.response())));
        }
    }

    private void onReject(RejectPdu pdu, ByteBuf data) {
        status(pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn());
        if (data.readableBytes() < PduHeader.SIZE_BYTES) {
            throw InitiatorException.violation("a Reject without the header of what is rejected");
        }
        owner.onReject(pdu.reason());
        Bhs rejected = new Bhs().wrap(data, 0);
        int tag = rejected.initiatorTaskTag();
        InitiatorException why = new InitiatorException(
                InitiatorException.Reason.REJECTED,
                "%s rejected: %s".formatted(Opcode.nameOf(rejected.opcode()), RejectReason.nameOf(pdu.reason())));
        InitiatorTask task = tasks.get(tag);
        if (task != null && rejected.opcode() == Opcode.SCSI_COMMAND) {
            if (pdu.reason() == RejectReason.DATA_DIGEST_ERROR) {
                // RFC 7143 7.3: its CmdSN stays open. At error recovery level 0 only a new session closes the gap.
                throw new InitiatorException(
                        InitiatorException.Reason.CONNECTION_LOST, "a command was damaged on its way");
            }
            endTasks(List.of(task), why);
        }
        functions.rejected(tag, why);
        CompletableFuture<ByteBuffer> ping = pings.remove(tag);
        if (ping != null) {
            ping.completeExceptionally(why);
        }
        TextDialogue text = texts.remove(tag);
        if (text != null) {
            text.answer().completeExceptionally(why);
        }
        if (logout != null && rejected.opcode() == Opcode.LOGOUT_REQUEST) {
            logout.completeExceptionally(why);
        }
    }
}
