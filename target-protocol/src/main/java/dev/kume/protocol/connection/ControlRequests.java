package dev.kume.protocol.connection;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.login.TextExchange;
import dev.kume.protocol.login.TextResult;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.LogoutReason;
import dev.kume.protocol.pdu.LogoutRequestPdu;
import dev.kume.protocol.pdu.LogoutResponse;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import dev.kume.protocol.pdu.TextRequestPdu;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the full feature phase that are no SCSI commands: NOP-Out, text, logout and task management, each in
 * its turn. Confined to the connection's loop.
 */
final class ControlRequests {
    private final Connection connection;
    private final Limits limits;
    private final PduWriter writer;
    private final CommandWindow window;
    private final RequestsAhead ahead;
    private final TextExchange text;
    private final KeepAlive keepAlive;
    private final @Nullable Session session;
    private final @Nullable TaskManagement taskManagement;
    private final Bhs bhs = new Bhs();
    private int aheadBytes;
    private final int[] functionTags;
    private int functionsOutstanding;
    private boolean loggedOut;

    /** The request being carried out took a CmdSN, which is open again when it is rejected. */
    private boolean counting;

    ControlRequests(
            Connection connection,
            Limits limits,
            PduWriter writer,
            CommandWindow window,
            RequestsAhead ahead,
            TextExchange text,
            KeepAlive keepAlive,
            @Nullable Session session) {
        this.connection = connection;
        this.limits = limits;
        this.writer = writer;
        this.window = window;
        this.ahead = ahead;
        this.text = text;
        this.keepAlive = keepAlive;
        this.session = session;
        functionTags = new int[limits.getInt(Limit.IMMEDIATE_TASKS_PER_SESSION)];
        taskManagement = session == null
                ? null
                : new TaskManagement(session, connection, window, ahead, this::taskManagementDone);
    }

    /** True from the Logout Request on: nothing that comes behind it is looked at. */
    boolean loggedOut() {
        return loggedOut;
    }

    /** True while requests may be carried out. */
    boolean isOpen() {
        return !loggedOut && connection.inFullFeature();
    }

    void onRequest(ControlPdu pdu) {
        int opcode = bhs.wrap(pdu.header, 0).opcode();
        boolean counted = opcode == Opcode.NOP_OUT
                || opcode == Opcode.TEXT_REQUEST
                || opcode == Opcode.LOGOUT_REQUEST
                || opcode == Opcode.TASK_MANAGEMENT_REQUEST;
        if (!counted) {
            carryOut(pdu);
            return;
        }
        switch (ahead.look(bhs.cmdSn(), bhs.isImmediate())) {
            case TAKE -> {
                counting = !bhs.isImmediate();
                if (counting) {
                    window.received();
                }
                carryOut(pdu);
                counting = false;
                ahead.goOn();
            }
            case AHEAD -> hold(pdu);
            case IGNORE -> {}
        }
    }

    private void hold(ControlPdu pdu) {
        int bytes = pdu.data.capacity();
        if (aheadBytes + bytes > limits.getInt(Limit.TEXT_BYTES)) {
            reject(RejectReason.LONG_OPERATION_REJECT, bhs);
            return;
        }
        aheadBytes += bytes;
        ahead.put(bhs.cmdSn(), () -> {
            aheadBytes -= bytes;
            if (isOpen()) {
                counting = true;
                carryOut(pdu);
                counting = false;
            }
        });
    }

    private void carryOut(ControlPdu pdu) {
        int opcode = bhs.wrap(pdu.header, 0).opcode();
        switch (opcode) {
            case Opcode.NOP_OUT -> onNopOut(new NopOutPdu().wrap(pdu.header, 0), pdu.data);
            case Opcode.TEXT_REQUEST -> onText(new TextRequestPdu().wrap(pdu.header, 0), pdu.data);
            case Opcode.LOGOUT_REQUEST -> onLogout(new LogoutRequestPdu().wrap(pdu.header, 0));
            case Opcode.TASK_MANAGEMENT_REQUEST -> onTaskManagement(new TaskManagementRequestPdu().wrap(pdu.header, 0));
            case Opcode.SCSI_COMMAND, Opcode.DATA_OUT, Opcode.LOGIN_REQUEST -> reject(RejectReason.PROTOCOL_ERROR, bhs);
            case Opcode.SNACK_REQUEST -> reject(RejectReason.SNACK_REJECT, bhs);
            default -> reject(RejectReason.COMMAND_NOT_SUPPORTED, bhs);
        }
    }

    /** Refuses a request: it is as if it had not come, and its CmdSN stays open, RFC 7143 7.3. */
    void reject(int reason, PduHeader<?> header) {
        if (counting) {
            counting = false;
            window.notReceived();
        }
        byte[] bytes = new byte[PduHeader.SIZE_BYTES];
        header.copyTo(bytes);
        writer.reject(reason, bytes);
    }

    /** True, and the request rejected, when its tag names no task or one that is there already. */
    private boolean isTagWrong(PduHeader<?> pdu) {
        int itt = pdu.initiatorTaskTag();
        if (itt == PduHeader.NO_TAG) {
            reject(RejectReason.INVALID_PDU_FIELD, pdu);
            return true;
        }
        if (isFunction(itt) || (session != null && session.tasks().get(itt) != null)) {
            reject(RejectReason.TASK_IN_PROGRESS, pdu);
            return true;
        }
        return false;
    }

    /** True when a task management function of this tag has not been answered. */
    boolean isFunction(int initiatorTaskTag) {
        return functionsOutstanding > 0 && indexOfFunction(initiatorTaskTag) >= 0;
    }

    private int indexOfFunction(int initiatorTaskTag) {
        for (int i = 0; i < functionsOutstanding; i++) {
            if (functionTags[i] == initiatorTaskTag) {
                return i;
            }
        }
        return -1;
    }

    private void onNopOut(NopOutPdu pdu, ByteBuf data) {
        // An answer to our ping, or word of an ExpStatSN: immediate, and not answered, RFC 7143 11.18.
        if (pdu.initiatorTaskTag() == PduHeader.NO_TAG && pdu.isImmediate()) {
            keepAlive.answered();
            return;
        }
        if (isTagWrong(pdu)) {
            return;
        }
        int bytes = Math.min(data.readableBytes(), text.initiatorMaxRecvDataSegmentLength());
        writer.nopInAnswer(pdu.initiatorTaskTag(), pdu.lun(), data.nioBuffer(data.readerIndex(), bytes));
    }

    private void onText(TextRequestPdu pdu, ByteBuf data) {
        if (isTagWrong(pdu)) {
            return;
        }
        switch (text.onRequest(pdu, data, 0, data.writerIndex())) {
            case TextResult.Answer answer ->
                writer.textResponse(
                        pdu.initiatorTaskTag(),
                        answer.targetTransferTag(),
                        answer.isFinal(),
                        answer.continues(),
                        answer.text());
            case TextResult.Rejected rejected -> {
                // The request has been received: what is refused is what it says.
                counting = false;
                reject(rejected.rejectReason(), pdu);
            }
        }
        Session scsi = session;
        if (scsi != null) {
            scsi.initiatorReceives(text.initiatorMaxRecvDataSegmentLength());
        }
    }

    private void onLogout(LogoutRequestPdu pdu) {
        if (isTagWrong(pdu)) {
            return;
        }
        int itt = pdu.initiatorTaskTag();
        switch (pdu.reasonCode()) {
            case LogoutReason.CLOSE_SESSION -> {}
            case LogoutReason.CLOSE_CONNECTION -> {
                if (pdu.cid() != connection.cid()) {
                    writer.logoutResponse(itt, LogoutResponse.CID_NOT_FOUND);
                    return;
                }
            }
            case LogoutReason.REMOVE_CONNECTION_FOR_RECOVERY -> {
                writer.logoutResponse(itt, LogoutResponse.RECOVERY_NOT_SUPPORTED);
                return;
            }
            default -> {
                reject(RejectReason.INVALID_PDU_FIELD, pdu);
                return;
            }
        }
        // RFC 7143 11.14: nothing that comes behind the request is looked at.
        loggedOut = true;
        Session scsi = session;
        Runnable answer = () -> {
            if (!connection.inFullFeature()) {
                return;
            }
            writer.logoutResponse(itt, LogoutResponse.CLOSED);
            connection.closeAfterFlush("logged out");
        };
        if (scsi == null) {
            answer.run();
        } else {
            // RFC 7143 11.14: the tasks of the session end before the answer says that it is closed.
            scsi.end(answer);
        }
    }

    private void onTaskManagement(TaskManagementRequestPdu pdu) {
        TaskManagement functions = taskManagement;
        if (functions == null) {
            reject(RejectReason.PROTOCOL_ERROR, pdu);
        } else if (isTagWrong(pdu)) {
            return;
        } else if (functionsOutstanding == functionTags.length) {
            reject(RejectReason.TOO_MANY_IMMEDIATE_COMMANDS, pdu);
        } else {
            functionTags[functionsOutstanding++] = pdu.initiatorTaskTag();
            functions.onRequest(pdu);
        }
    }

    private void taskManagementDone(int initiatorTaskTag, int response) {
        int at = indexOfFunction(initiatorTaskTag);
        functionTags[at] = functionTags[--functionsOutstanding];
        if (connection.inFullFeature()) {
            writer.taskManagementResponse(initiatorTaskTag, response);
            connection.touched();
        }
    }
}
