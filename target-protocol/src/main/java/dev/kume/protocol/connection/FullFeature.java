package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.Sense;
import dev.kume.protocol.login.DiscoveredTarget;
import dev.kume.protocol.login.LoginIdentity;
import dev.kume.protocol.login.LoginResult;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.login.TargetAddress;
import dev.kume.protocol.login.TextExchange;
import dev.kume.protocol.pdu.AsyncEvent;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.DataOutPdu;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.RejectReason;
import dev.kume.protocol.pdu.ScsiCommandPdu;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The full feature phase of one connection: what each PDU means, RFC 7143 11. Confined to the connection's loop.
 */
final class FullFeature {
    private final Connection connection;
    private final ServerContext server;
    private final PortalGroup portalGroup;
    private final Admission admission;
    private final LoginIdentity identity;
    private final SessionParameters parameters;
    private final @Nullable String initiatorAlias;
    private final String authentication;
    private final PduWriter writer;
    private final CommandWindow window;
    private final int tsih;
    private final @Nullable Target target;
    private final @Nullable Session session;
    private final ControlRequests requests;
    private final TextExchange text;

    private final Bhs bhs = new Bhs();
    private final ScsiCommandPdu scsiCommand = new ScsiCommandPdu();
    private final DataOutPdu dataOut = new DataOutPdu();

    // The PDU whose data is arriving.
    private @Nullable IscsiTask sink;
    /** The command of this PDU, when it does not begin before the PDU is complete. */
    private @Nullable IscsiTask held;

    private boolean sinkImmediate;
    private boolean sinkFinal;
    private boolean sinkSolicited;
    private final byte @Nullable [] headerForReject;

    private final KeepAlive keepAlive;

    // What came before its turn.
    private final RequestsAhead ahead;
    private final long gapNanos;

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
        this.admission = new Admission(server, portalGroup, connection.peer().getAddress());
        this.identity = login.identity();
        this.parameters = login.parameters();
        this.initiatorAlias = login.initiatorAlias();
        this.authentication = login.authentication();
        this.writer = writer;
        this.window = window;
        this.ahead = new RequestsAhead(window);
        this.tsih = tsih;
        this.target = target;
        this.headerForReject = parameters.dataDigest() ? new byte[PduHeader.SIZE_BYTES] : null;
        text = new TextExchange(
                identity, this::discover, parameters.initiatorMaxRecvDataSegmentLength(), server.limits());
        if (target == null) {
            session = null;
        } else {
            ITNexus nexus = new ITNexus(identity.initiatorName(), identity.isid(), target.name(), portalGroup.tag());
            session = new Session(connection, output, writer, window, parameters, nexus, target, server.commands());
        }
        gapNanos = TimeUnit.SECONDS.toNanos(server.limits().get(Limit.COMMAND_GAP_SECONDS));
        keepAlive =
                new KeepAlive(writer, server.limits(), connection.loop().clock().nanoTime());
        requests = new ControlRequests(connection, server.limits(), writer, window, ahead, text, keepAlive, session);
    }

    // ---- PDUs with data on the data path ----------------------------------------------------------------------------

    /** Looks at a header. False: the PDU is of the control path, and comes back whole in {@link #onPduEnd}. */
    boolean onHeader(ByteBuf buffer, int at, int dataBytes) {
        sink = null;
        if (requests.loggedOut()) {
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
                onCommand(scsi, scsiCommand.wrap(buffer, at), dataBytes);
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

    private void onCommand(Session scsi, ScsiCommandPdu pdu, int dataBytes) {
        CommandWindow.Verdict verdict = ahead.look(pdu.cmdSn(), pdu.isImmediate());
        if (verdict == CommandWindow.Verdict.IGNORE) {
            return;
        }
        int refusal = requests.isFunction(pdu.initiatorTaskTag()) ? RejectReason.TASK_IN_PROGRESS : scsi.refusal(pdu);
        if (refusal != 0) {
            requests.reject(refusal, pdu);
        } else if (verdict == CommandWindow.Verdict.TAKE && (dataBytes == 0 || headerForReject == null)) {
            if (!pdu.isImmediate()) {
                window.received();
            }
            scsi.onCommand(pdu, dataBytes, this);
            ahead.goOn();
        } else {
            // A command whose data turns out to be wrong has not been received: first its digest, then its turn.
            held = scsi.hold(pdu, dataBytes, this);
        }
    }

    /** The PDU of a command that is held is complete: it begins, or waits for its turn. */
    private void onHeld(Session scsi, IscsiTask task) {
        if (task.immediate()) {
            scsi.beginHeld(task);
        } else if (task.cmdSn() == window.expCmdSn()) {
            window.received();
            scsi.beginHeld(task);
            ahead.goOn();
        } else {
            long number = task.number();
            ahead.put(task.cmdSn(), () -> {
                // It may have been aborted meanwhile: its number is received, and nothing is to be done.
                if (requests.isOpen() && task.isHeld() && task.number() == number) {
                    scsi.beginHeld(task);
                }
            });
        }
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
        if (held == task) {
            held = null;
        }
    }

    void onPduEnd(@Nullable ControlPdu control, boolean dataDigestRight) {
        IscsiTask task = sink;
        IscsiTask before = held;
        sink = null;
        held = null;
        if (requests.loggedOut()) {
            return;
        }
        if (!dataDigestRight) {
            onDataDigestError(task, before);
            return;
        }
        if (control != null) {
            requests.onRequest(control);
        } else if (task != null && sinkFinal) {
            if (sinkSolicited) {
                task.burstDone();
            } else {
                task.unsolicitedDone();
            }
        }
        if (before != null && session != null) {
            onHeld(session, before);
        }
    }

    /**
     * RFC 7143 7.8: the PDU is rejected. A request is as if it had not come, and its CmdSN stays open (7.3). Data ends
     * the command it belongs to: error recovery level 0 asks for nothing again.
     */
    private void onDataDigestError(@Nullable IscsiTask task, @Nullable IscsiTask before) {
        if (headerForReject != null) {
            writer.reject(RejectReason.DATA_DIGEST_ERROR, headerForReject.clone());
        }
        if (before != null) {
            before.abort();
        } else if (task != null) {
            if (task.takesData()) {
                task.failData(Sense.DATA_PHASE_CRC_ERROR);
            }
            if (sinkFinal) {
                task.sequenceDropped(sinkSolicited);
            }
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
                .filter(each -> admission.mayKnow(identity.initiatorName(), each.definition()))
                .map(each -> new DiscoveredTarget(each.name(), addresses))
                .toList();
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** See {@link KeepAlive#tick}. */
    void tick(long nowNanos, long heardNanos, boolean takesOutput, boolean deaf) {
        String givenUp = keepAlive.tick(nowNanos, heardNanos, takesOutput, deaf);
        if (givenUp != null) {
            connection.close(givenUp);
        } else if (ahead.overdue(nowNanos, gapNanos)) {
            connection.protocolErrorAfterNotice(
                    "CmdSN %d has not come for %d seconds, and what was sent behind it waits"
                            .formatted(
                                    Integer.toUnsignedLong(window.expCmdSn()),
                                    TimeUnit.NANOSECONDS.toSeconds(gapNanos)));
        }
    }

    /** See {@link KeepAlive#probe}. */
    void probe() {
        keepAlive.probe(connection.loop().clock().nanoTime());
        connection.touched();
    }

    /** RFC 7143 11.9; see {@link AsyncEvent}. It takes a StatSN. */
    void asyncMessage(int event, int parameter1, int parameter2, int parameter3) {
        if (!requests.loggedOut()) {
            writer.asyncMessage(event, parameter1, parameter2, parameter3);
        }
    }

    // ---- output and end ---------------------------------------------------------------------------------------------

    boolean hasMoreToProduce() {
        return session != null && session.hasMoreToProduce();
    }

    /** True when write data is on its way in, or a command that others wait for. */
    boolean expectsData() {
        return session != null && (session.expectsData() || !ahead.isEmpty());
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

    void end(String why, long heardNanos, Runnable then) {
        sink = null;
        Session scsi = session;
        if (scsi == null) {
            then.run();
        } else {
            server.sessionWatcher().ended(moment(scsi.units().nexus(), heardNanos), why);
            scsi.end(then);
        }
    }

    /** The session has begun: whoever watches hears of it. */
    void began() {
        Session scsi = session;
        if (scsi != null) {
            server.sessionWatcher()
                    .began(moment(
                            scsi.units().nexus(), connection.loop().clock().nanoTime()));
        }
    }

    private SessionWatcher.Moment moment(ITNexus nexus, long heardNanos) {
        return new SessionWatcher.Moment(
                connection.id(),
                nexus,
                connection.peer(),
                connection.local(),
                connection.loop().clock().now(),
                wallClock(heardNanos));
    }

    private Instant wallClock(long nanos) {
        Clock clock = connection.loop().clock();
        return clock.now().minusNanos(clock.nanoTime() - nanos);
    }

    @Nullable
    Target target() {
        return target;
    }

    SessionInfo info(long id, InetSocketAddress peer, InetSocketAddress local, Instant since, long heardNanos) {
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
                scsi == null ? 0 : scsi.bytesWritten(),
                window.expCmdSn(),
                window.maxCmdSn(),
                window.statSn(),
                keepAlive.silentNanos(connection.loop().clock().nanoTime()),
                wallClock(heardNanos),
                keepAlive.asked());
    }
}
