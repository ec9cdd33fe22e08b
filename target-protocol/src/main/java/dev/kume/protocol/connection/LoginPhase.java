package dev.kume.protocol.connection;

import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.ITNexus;
import dev.kume.protocol.event.ServerEvent;
import dev.kume.protocol.login.AccessDecision;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.login.LoginIdentity;
import dev.kume.protocol.login.LoginPolicy;
import dev.kume.protocol.login.LoginResult;
import dev.kume.protocol.login.LoginStateMachine;
import dev.kume.protocol.login.SessionType;
import dev.kume.protocol.pdu.LoginRequestPdu;
import dev.kume.protocol.pdu.LoginResponsePdu;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login phase of one connection: carries PDUs to the {@link LoginStateMachine} and its answers back, decides who
 * may enter, and waits for the session before to end. Confined to the connection's loop.
 */
final class LoginPhase implements LoginPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(LoginPhase.class);

    private final Connection connection;
    private final ServerContext server;
    private final PortalGroup portalGroup;
    private final Admission admission;
    private final LoginStateMachine machine;
    private final LoginRequestPdu request = new LoginRequestPdu();
    private final LoginResponsePdu response = new LoginResponsePdu();
    private boolean answered;
    private int nextStatSn;
    private @Nullable ITNexus claimed;

    private boolean refused;
    private boolean begun;
    /** A request waits, for its turn or for DNS; what it waits for brings the number back that it has now. */
    private boolean waiting;

    private int waits;
    private boolean namesAsked;

    /** Looked at by other logins, on other loops. */
    private volatile int tsih;

    private LoginResult.@Nullable Complete agreed;
    private @Nullable Target target;

    LoginPhase(Connection connection, ServerContext server, PortalGroup portalGroup) {
        this.connection = connection;
        this.server = server;
        this.portalGroup = portalGroup;
        this.admission = new Admission(server, portalGroup, connection.peer().getAddress());
        this.machine = new LoginStateMachine(
                this, server.targetParameters(), server.services().random(), server.limits());
    }

    long timeLimitNanos() {
        return TimeUnit.SECONDS.toNanos(server.limits().get(Limit.LOGIN_SECONDS));
    }

    PortalGroup portalGroup() {
        return portalGroup;
    }

    @Nullable
    String initiatorName() {
        LoginIdentity identity = machine.identity();
        return identity == null ? null : identity.initiatorName();
    }

    // ---- PDUs -------------------------------------------------------------------------------------------------------

    void onRequest(ControlPdu pdu) {
        if (agreed != null || waiting) {
            connection.protocolError("a login request before the one before was answered");
            return;
        }
        request.wrap(pdu.header, 0);
        long delayNanos =
                begun ? 0 : server.throttle().delayNanos(connection.peer().getAddress());
        begun = true;
        if (delayNanos == 0) {
            take(pdu);
        } else {
            goOnAfter(delayNanos, () -> take(pdu));
        }
    }

    private void take(ControlPdu pdu) {
        on(machine.onRequest(request, pdu.data, 0, pdu.data.writerIndex()));
    }

    private void on(LoginResult result) {
        switch (result) {
            case LoginResult.Answer answer -> {
                write(answer, 0, null);
                connection.flushNow();
            }
            case LoginResult.Refused refused -> refuse(refused);
            case LoginResult.Parked parked -> resolve(parked.identity());
            case LoginResult.Complete complete -> complete(complete);
        }
    }

    // ---- waiting ----------------------------------------------------------------------------------------------------

    /** The loop goes on meanwhile; the login's time limit runs on. */
    private void goOnAfter(long delayNanos, Runnable action) {
        waiting = true;
        int wait = ++waits;
        connection.loop().after(delayNanos, TimeUnit.NANOSECONDS, () -> goOn(wait, action));
    }

    /** DNS is asked for names on which the decision hangs; the login goes on when it has answered, or without it. */
    private void resolve(LoginIdentity identity) {
        namesAsked = true;
        Runnable resume = () -> on(machine.resume(request));
        goOnAfter(TimeUnit.SECONDS.toNanos(server.limits().get(Limit.DNS_SECONDS)), resume);
        int wait = waits;
        server.hostNames()
                .refresh(admission.names(identity))
                .whenComplete((done, failure) -> connection.loop().execute(() -> goOn(wait, resume)));
    }

    private void goOn(int wait, Runnable action) {
        if (!waiting || wait != waits || !connection.isLoggingIn()) {
            return;
        }
        waiting = false;
        try {
            action.run();
            connection.flushNow();
        } catch (RuntimeException | Error bug) {
            connection.failed(bug);
        }
    }

    // ---- how it ends ------------------------------------------------------------------------------------------------

    private void refuse(LoginResult.Refused refused) {
        this.refused = true;
        LoginIdentity identity = refused.identity();
        server.refused(new LoginRefusal(
                identity == null ? null : identity.initiatorName(),
                connection.peer().getAddress(),
                identity == null ? null : identity.targetName(),
                refused.status(),
                refused.reason()));
        writeStatus(refused);
        connection.closeAfterFlush("login refused: " + refused.status());
    }

    private void complete(LoginResult.Complete complete) {
        agreed = complete;
        LoginIdentity identity = complete.identity();
        String targetName = identity.targetName();
        if (identity.sessionType() == SessionType.DISCOVERY || targetName == null) {
            finish(complete, null);
            return;
        }
        if (request.tsih() != 0 && !hasConnection(identity, request.tsih(), request.cid())) {
            refuse(noSession(identity));
            return;
        }
        ITNexus nexus = new ITNexus(identity.initiatorName(), identity.isid(), targetName, portalGroup.tag());
        claimed = nexus;
        // The session before ends on its own loop; granted() comes back to ours.
        server.sessions().claim(nexus, connection, () -> connection.execute(() -> granted(complete)));
    }

    private void granted(LoginResult.Complete complete) {
        if (!connection.isLoggingIn()) {
            return;
        }
        Target wanted = target;
        LoginIdentity identity = complete.identity();
        // The target may have changed while the session before was ending.
        AccessDecision now = admission.decideAgain(identity);
        if (now instanceof AccessDecision.Denied denied) {
            refuse(new LoginResult.Refused(denied.status(), identity, denied.reason()));
        } else if (wanted == null || wanted != server.targets().get(wanted.name())) {
            refuse(new LoginResult.Refused(LoginStatus.TARGET_REMOVED, identity, "the target was made anew"));
        } else if (!(now instanceof AccessDecision.Granted granted)
                || !granted.authentication().equals(complete.access().authentication())) {
            // What the initiator has agreed to and proven is not what is asked for now; it tries again.
            refuse(new LoginResult.Refused(
                    LoginStatus.SERVICE_UNAVAILABLE, identity, "the target was changed during the login"));
        } else {
            finish(complete, wanted);
        }
        connection.flushNow();
    }

    private void finish(LoginResult.Complete complete, @Nullable Target to) {
        tsih = takeTsih();
        if (tsih == 0) {
            LoginIdentity identity = complete.identity();
            refuse(
                    request.tsih() != 0
                            ? noSession(identity)
                            : new LoginResult.Refused(
                                    LoginStatus.OUT_OF_RESOURCES, identity, "no session handle is free"));
            return;
        }
        server.admitted(complete.identity(), connection.peer().getAddress(), complete.authentication());
        CommandWindow window =
                new CommandWindow(server.limits().getInt(Limit.TASKS_PER_SESSION), request.cmdSn(), peekStatSn() + 1);
        write(complete.answer(), tsih, window);
        if (to == null) {
            ServerEvent.DISCOVERY_ACCEPTED.log(LOG, connection.address(), initiatorName(), portalGroup.name());
        } else {
            ServerEvent.LOGIN_ACCEPTED.log(LOG, connection.address(), initiatorName(), to.name(), portalGroup.name());
        }
        connection.loggedIn(complete, window, tsih, to);
        FullFeature feature = connection.fullFeature();
        if (feature != null) {
            feature.began();
        }
    }

    /** A handle for a new session, or that of the session whose connection is replaced; 0 when there is none. */
    private int takeTsih() {
        int wanted = request.tsih();
        if (wanted == 0) {
            return server.sessions().takeTsih();
        }
        return server.sessions().takeTsih(wanted) ? wanted : 0;
    }

    private LoginResult.Refused noSession(LoginIdentity identity) {
        return new LoginResult.Refused(
                LoginStatus.SESSION_DOES_NOT_EXIST,
                identity,
                "the session of TSIH %d has ended meanwhile".formatted(request.tsih()));
    }

    private void write(LoginResult.Answer answer, int withTsih, @Nullable CommandWindow window) {
        int dataBytes = answer.text().lengthBytes();
        int at = begin(dataBytes, withTsih);
        response.transitBit(answer.transit())
                .continueBit(answer.continues())
                .currentStage(answer.currentStage())
                .nextStage(answer.nextStage());
        if (window != null) {
            response.maxCmdSn(window.maxCmdSn());
        }
        answer.text().copyTo(connection.output().buf(), at + PduHeader.SIZE_BYTES);
        add(at, dataBytes);
    }

    private void writeStatus(LoginResult.Refused refused) {
        int dataBytes = refused.text().lengthBytes();
        int at = begin(dataBytes, 0);
        response.currentStage(request.currentStage()).status(refused.status());
        refused.text().copyTo(connection.output().buf(), at + PduHeader.SIZE_BYTES);
        add(at, dataBytes);
    }

    private int begin(int dataBytes, int withTsih) {
        int at = connection.output().begin(PduHeader.SIZE_BYTES + PduHeader.paddedLength(dataBytes));
        response.wrap(connection.output().buf(), at).begin();
        // A login does not take a CmdSN: the first command carries the same one, RFC 7143 11.12.6.
        response.isid(request.isid())
                .tsih(withTsih == 0 ? request.tsih() : withTsih)
                .initiatorTaskTag(request.initiatorTaskTag())
                .statSn(takeStatSn())
                .expCmdSn(request.cmdSn())
                .maxCmdSn(request.cmdSn());
        return at;
    }

    /** The first answer starts the count where the initiator expects it. */
    private int takeStatSn() {
        int statSn = peekStatSn();
        answered = true;
        nextStatSn = statSn + 1;
        return statSn;
    }

    private int peekStatSn() {
        return answered ? nextStatSn : request.expStatSn();
    }

    private void add(int at, int dataBytes) {
        response.dataSegmentLength(dataBytes);
        ByteBuf buf = connection.output().buf();
        int padded = PduHeader.paddedLength(dataBytes);
        buf.setZero(at + PduHeader.SIZE_BYTES + dataBytes, padded - dataBytes);
        connection.output().add(PduHeader.SIZE_BYTES + padded);
    }

    // ---- who may enter ----------------------------------------------------------------------------------------------

    @Override
    public AccessDecision decide(LoginIdentity identity) {
        AccessDecision decision = admission.decide(identity, !namesAsked);
        String name = identity.targetName();
        if (decision instanceof AccessDecision.Granted
                && identity.sessionType() == SessionType.NORMAL
                && name != null) {
            target = server.targets().get(name);
        }
        return decision;
    }

    /** True while this definition of its target lets the initiator be logged in. */
    boolean mayStay(Target.Definition definition) {
        return admission.mayStay(String.valueOf(initiatorName()), definition);
    }

    @Override
    public List<ChapAlgorithm> algorithms() {
        return server.security().algorithms();
    }

    @Override
    public boolean hasSession(LoginIdentity identity, int ofTsih) {
        Connection holder = holder(identity);
        return holder != null && holder.tsih() == ofTsih;
    }

    @Override
    public boolean hasConnection(LoginIdentity identity, int ofTsih, int ofCid) {
        Connection holder = holder(identity);
        return holder != null && holder.tsih() == ofTsih && holder.cid() == ofCid;
    }

    private @Nullable Connection holder(LoginIdentity identity) {
        String name = identity.targetName();
        return name == null
                ? null
                : server.sessions()
                        .holder(new ITNexus(identity.initiatorName(), identity.isid(), name, portalGroup.tag()));
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /** The target that somebody is logged in to, or what else he came for. */
    String wanted() {
        return target == null ? "discovery" : target.name();
    }

    /** The connection closes before it was logged in. */
    void giveUp(String why) {
        // A refusal has its line already, with the reason in full.
        if (!refused) {
            ServerEvent.LOGIN_ENDED.log(LOG, connection.address(), initiatorName(), why);
        }
    }

    /** Nothing of the session is left: whoever waits for the nexus may have it. */
    void release() {
        // First the handle: whoever gets the nexus may come to take the place of this connection, under the same one.
        if (tsih != 0) {
            server.sessions().giveTsih(tsih);
            tsih = 0;
        }
        ITNexus nexus = claimed;
        if (nexus != null) {
            claimed = null;
            server.sessions().release(nexus, connection);
        }
    }

    int tsih() {
        return tsih;
    }

    /** The connection id that the initiator gave. */
    int cid() {
        return request.cid();
    }
}
