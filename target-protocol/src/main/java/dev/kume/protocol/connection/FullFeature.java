package dev.kume.protocol.connection;

import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.ITNexus;
import dev.kume.core.scsi.Sense;
import dev.kume.protocol.login.DiscoveredTarget;
import dev.kume.protocol.login.LoginIdentity;
import dev.kume.protocol.login.LoginResult;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.login.TargetAddress;
import dev.kume.protocol.login.TextExchange;
import dev.kume.protocol.login.TextResult;
import dev.kume.protocol.pdu.AsyncEvent;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.DataOutPdu;
import dev.kume.protocol.pdu.LogoutReason;
import dev.kume.protocol.pdu.LogoutRequestPdu;
import dev.kume.protocol.pdu.LogoutResponse;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import dev.kume.protocol.pdu.TaskManagementRequestPdu;
import dev.kume.protocol.pdu.TextRequestPdu;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The full feature phase of one connection: what each PDU means, RFC 7143 11. Confined to the connection's loop.
 */
final class FullFeature {
    private final Connection connection;
    private final ServerContext server;
    private final PortalGroup portalGroup;
    private final LoginIdentity identity;
    private final SessionParameters parameters;
    private final @Nullable String initiatorAlias;
    private final String authentication;
    private final PduWriter writer;
    private final CommandWindow window;
    private final int tsih;
    private final @Nullable Target target;
    private final @Nullable Session session;
    private final @Nullable TaskManagement taskManagement;
    private final TextExchange text;

    private final Bhs bhs = new Bhs();
    private final ScsiCommandPdu scsiCommand = new ScsiCommandPdu();
    private final DataOutPdu dataOut = new DataOutPdu();

    // The PDU whose data is arriving.
    private @Nullable IscsiTask sink;
    private boolean sinkImmediate;
    private boolean sinkFinal;
    private boolean sinkSolicited;
    private final byte @Nullable [] headerForReject;

    private final KeepAlive keepAlive;
    private int immediateOutstanding;
    private boolean loggedOut;

    FullFeature(
            Connection connection,
            ServerContext server,
            PortalGroup portalGroup,
            LoginResult.Complete login,
            PduWriter writer,
            CommandWindow window,
            Output output,
            int tsih,
            @Nullable Target target) {
        this.connection = connection;
        this.server = server;
        this.portalGroup = portalGroup;
        this.identity = login.identity();
        this.parameters = login.parameters();
        this.initiatorAlias = login.initiatorAlias();
        this.authentication = login.authentication();
        this.writer = writer;
        this.window = window;
        this.tsih = tsih;
        this.target = target;
        this.headerForReject = parameters.dataDigest() ? new byte[PduHeader.SIZE_BYTES] : null;
        text = new TextExchange(
                identity, this::discover, parameters.initiatorMaxRecvDataSegmentLength(), server.limits());
        if (target == null) {
            session = null;
            taskManagement = null;
        } else {
            ITNexus nexus = new ITNexus(identity.initiatorName(), identity.isid(), target.name(), portalGroup.tag());
            Session begun =
                    new Session(connection, output, writer, window, parameters, nexus, target, server.commands());
            session = begun;
            taskManagement = new TaskManagement(begun, connection, this::taskManagementDone);
        }
        keepAlive =
                new KeepAlive(writer, server.limits(), connection.loop().clock().nanoTime());
    }

    // ---- PDUs with data on the data path ----------------------------------------------------------------------------

    /** Looks at a header. False: the PDU is of the control path, and comes back whole in {@link #onPduEnd}. */
    boolean onHeader(ByteBuf buffer, int at, int dataBytes) {
        sink = null;
        if (loggedOut) {
            return true;
        }
        if (headerForReject != null) {
            buffer.getBytes(at, headerForReject);
        }
        Session scsi = session;
        if (scsi == null) {
            return false;
        }
        switch (bhs.wrap(buffer, at).opcode()) {
            case Opcode.SCSI_COMMAND -> {
                scsiCommand.wrap(buffer, at);
                if (admitted(scsiCommand.cmdSn(), scsiCommand.isImmediate())) {
                    scsi.onCommand(scsiCommand, dataBytes, this);
                }
                return true;
            }
            case Opcode.DATA_OUT -> {
                onDataOut(scsi, dataOut.wrap(buffer, at), dataBytes);
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private boolean admitted(int cmdSn, boolean immediate) {
        return switch (window.admit(cmdSn, immediate)) {
            case TAKE -> true;
            case IGNORE -> false;
            case GAP -> {
                connection.protocolError("CmdSN %d came where %d was due"
                        .formatted(Integer.toUnsignedLong(cmdSn), Integer.toUnsignedLong(window.expCmdSn())));
                yield false;
            }
        };
    }

    /** The data of the PDU at hand belongs to this task. */
    void dataTo(IscsiTask task, boolean endsSequence) {
        sink = task;
        sinkImmediate = endsSequence;
        sinkFinal = endsSequence;
        sinkSolicited = false;
    }

    private void onDataOut(Session scsi, DataOutPdu pdu, int dataBytes) {
        boolean solicited = pdu.targetTransferTag() != PduHeader.NO_TAG;
        IscsiTask task = scsi.dataOutTask(pdu.initiatorTaskTag(), pdu.targetTransferTag(), solicited);
        if (task == null) {
            // Data of a task that has ended meanwhile: the initiator could not know.
            return;
        }
        if (task.takesData()) {
            Sense wrong = task.sequence.refuse(pdu.dataSn(), pdu.bufferOffset(), dataBytes);
            if (wrong != null) {
                task.failData(wrong);
                if (pdu.isFinal()) {
                    task.sequenceDropped(solicited);
                }
                return;
            }
        }
        sink = task;
        sinkImmediate = false;
        sinkFinal = pdu.isFinal();
        sinkSolicited = solicited;
    }

    void onData(ByteBuf buffer, int at, int bytes) {
        IscsiTask task = sink;
        if (task == null) {
            return;
        }
        ByteBuffer data = buffer.internalNioBuffer(at, bytes);
        // With a data digest nothing may reach the disk before the digest has been seen.
        if (sinkImmediate && headerForReject == null && task.consumeImmediate(data)) {
            return;
        }
        ByteBuffer into = task.fillingFor(bytes);
        if (into != null) {
            into.put(data);
        }
    }

    /** The task has ended: data that still comes for it is dropped. */
    void forget(IscsiTask task) {
        if (sink == task) {
            sink = null;
        }
    }

    void onPduEnd(@Nullable ControlPdu control, boolean dataDigestRight) {
        IscsiTask task = sink;
        sink = null;
        if (loggedOut) {
            return;
        }
        if (!dataDigestRight) {
            onDataDigestError(task);
        } else if (control != null) {
            onControl(control);
        } else if (task != null && sinkFinal) {
            if (sinkSolicited) {
                task.burstDone();
            } else {
                task.unsolicitedDone();
            }
        }
    }

    /** RFC 7143 7.8: the PDU is rejected, and the command it belongs to ends; error recovery level 0 asks no more. */
    private void onDataDigestError(@Nullable IscsiTask task) {
        if (headerForReject != null) {
            writer.reject(RejectReason.DATA_DIGEST_ERROR, headerForReject.clone());
        }
        if (task != null) {
            if (task.takesData()) {
                task.failData(Sense.DATA_PHASE_CRC_ERROR);
            }
            if (sinkFinal) {
                task.sequenceDropped(sinkSolicited);
            }
        }
    }

    // ---- control path -----------------------------------------------------------------------------------------------

    private void onControl(ControlPdu pdu) {
        int opcode = bhs.wrap(pdu.header, 0).opcode();
        boolean counted = opcode == Opcode.NOP_OUT
                || opcode == Opcode.TEXT_REQUEST
                || opcode == Opcode.LOGOUT_REQUEST
                || opcode == Opcode.TASK_MANAGEMENT_REQUEST;
        // A NOP-Out that answers our ping is immediate: it takes no CmdSN (RFC 7143 11.18).
        if (counted && !admitted(bhs.cmdSn(), bhs.isImmediate())) {
            return;
        }
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

    void reject(int reason, PduHeader<?> header) {
        byte[] bytes = new byte[PduHeader.SIZE_BYTES];
        header.copyTo(bytes);
        writer.reject(reason, bytes);
    }

    private void onNopOut(NopOutPdu pdu, ByteBuf data) {
        if (pdu.initiatorTaskTag() == PduHeader.NO_TAG) {
            keepAlive.answered();
            return;
        }
        int bytes = Math.min(data.readableBytes(), text.initiatorMaxRecvDataSegmentLength());
        writer.nopInAnswer(pdu.initiatorTaskTag(), pdu.lun(), data.nioBuffer(data.readerIndex(), bytes));
    }

    private void onText(TextRequestPdu pdu, ByteBuf data) {
        switch (text.onRequest(pdu, data, 0, data.writerIndex())) {
            case TextResult.Answer answer ->
                writer.textResponse(
                        pdu.initiatorTaskTag(),
                        answer.targetTransferTag(),
                        answer.isFinal(),
                        answer.continues(),
                        answer.text());
            case TextResult.Rejected rejected -> reject(rejected.rejectReason(), pdu);
        }
        Session scsi = session;
        if (scsi != null) {
            scsi.initiatorReceives(text.initiatorMaxRecvDataSegmentLength());
        }
    }

    private void onLogout(LogoutRequestPdu pdu) {
        int itt = pdu.initiatorTaskTag();
        if (pdu.reasonCode() > LogoutReason.REMOVE_CONNECTION_FOR_RECOVERY) {
            reject(RejectReason.INVALID_PDU_FIELD, pdu);
            return;
        }
        if (pdu.reasonCode() == LogoutReason.REMOVE_CONNECTION_FOR_RECOVERY) {
            writer.logoutResponse(itt, LogoutResponse.RECOVERY_NOT_SUPPORTED);
            return;
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
        } else if (immediateOutstanding == server.limits().getInt(Limit.IMMEDIATE_TASKS_PER_SESSION)) {
            reject(RejectReason.TOO_MANY_IMMEDIATE_COMMANDS, pdu);
        } else {
            immediateOutstanding++;
            functions.onRequest(pdu);
        }
    }

    private void taskManagementDone(int initiatorTaskTag, int response) {
        immediateOutstanding--;
        if (connection.inFullFeature()) {
            writer.taskManagementResponse(initiatorTaskTag, response);
            connection.touched();
        }
    }

    // ---- discovery --------------------------------------------------------------------------------------------------

    /** What this initiator may see, and where it can reach it. */
    private List<DiscoveredTarget> discover() {
        List<TargetAddress> addresses = PortalAddresses.reachable(
                        portalGroup.listen(),
                        connection.local(),
                        connection.peer().getAddress(),
                        PortalAddresses.ofThisHost())
                .stream()
                .map(address -> new TargetAddress(address.getAddress(), address.getPort(), portalGroup.tag()))
                .toList();
        return server.targets().all().stream()
                .filter(each -> each.definition()
                        .access()
                        .allows(identity.initiatorName(), connection.peer().getAddress(), Map.of()))
                .map(each -> new DiscoveredTarget(each.name(), addresses))
                .toList();
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** See {@link KeepAlive#tick}. */
    void tick(long nowNanos, boolean alive, boolean deaf) {
        String givenUp = keepAlive.tick(nowNanos, alive, deaf);
        if (givenUp != null) {
            connection.close(givenUp);
        }
    }

    /** RFC 7143 11.9; see {@link AsyncEvent}. It takes a StatSN. */
    void asyncMessage(int event, int parameter1, int parameter2, int parameter3) {
        if (!loggedOut) {
            writer.asyncMessage(event, parameter1, parameter2, parameter3);
        }
    }

    // ---- output and end ---------------------------------------------------------------------------------------------

    boolean hasMoreToProduce() {
        return session != null && session.hasMoreToProduce();
    }

    /** True when write data is on its way in. */
    boolean expectsData() {
        return session != null && session.expectsData();
    }

    void produceMore() {
        Session scsi = session;
        if (scsi != null) {
            scsi.produceMore();
        }
    }

    /** True when somebody still waits. */
    boolean retryForMemory() {
        Session scsi = session;
        if (scsi == null) {
            return false;
        }
        scsi.memory().retry();
        return scsi.memory().someoneWaits();
    }

    void end(Runnable then) {
        sink = null;
        Session scsi = session;
        if (scsi == null) {
            then.run();
        } else {
            scsi.end(then);
        }
    }

    @Nullable
    Target target() {
        return target;
    }

    SessionInfo info(long id, InetSocketAddress peer, InetSocketAddress local, Instant since) {
        Session scsi = session;
        return new SessionInfo(
                id,
                identity.initiatorName(),
                identity.isid(),
                tsih,
                identity.targetName(),
                portalGroup.tag(),
                peer,
                local,
                since,
                text.initiatorAlias() == null ? initiatorAlias : text.initiatorAlias(),
                authentication,
                parameters,
                scsi == null ? 0 : scsi.outstanding(),
                scsi == null ? 0 : scsi.commands(),
                scsi == null ? 0 : scsi.bytesRead(),
                scsi == null ? 0 : scsi.bytesWritten());
    }
}
