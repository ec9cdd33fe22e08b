package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.measure.Recorder;
import dev.kume.core.scsi.CommandTable;
import dev.kume.protocol.login.LoginIdentity;
import dev.kume.protocol.login.LoginResult;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.login.SessionType;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.pdu.LoginStatus;
import dev.kume.protocol.trace.TraceDumps;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one server share, over all loops. Thread safe. */
public final class ServerContext {
    private static final Logger LOG = LoggerFactory.getLogger(ServerContext.class);

    private final Clock clock;
    private final Limits limits;
    private final CommandTable commands;
    private final TargetParameters targetParameters;
    private final Targets targets = new Targets();
    private final SessionRegistry sessions = new SessionRegistry();
    private final InitiatorLog initiators;
    private final LoginServices services;
    private final HostNameCache hostNames;
    private final LoginThrottle throttle;
    private final RefusalLog refusals;
    private final LoginCounts logins = new LoginCounts();
    private volatile RefusalHints hints = RefusalHints.NONE;
    private volatile LoginSecurity security = LoginSecurity.DEFAULT;
    private volatile BiConsumer<Target, String> sessionCloser = (target, why) -> {};
    private volatile SessionWatcher sessionWatcher = SessionWatcher.NONE;
    private volatile TraceDumps traceDumps = TraceDumps.NONE;
    private final AtomicLong lastConnectionId = new AtomicLong();
    private final LoginPlaces places;
    private final AtomicLong bugs = new AtomicLong();
    private volatile @Nullable Throwable lastBug;

    public ServerContext(
            Clock clock,
            Limits limits,
            CommandTable commands,
            TargetParameters targetParameters,
            LoginServices services) {
        this.clock = clock;
        this.limits = limits;
        this.commands = commands;
        this.targetParameters = targetParameters;
        this.services = services;
        this.hostNames = new HostNameCache(services.hostNames(), clock, limits);
        this.throttle = new LoginThrottle(clock, limits);
        this.refusals = new RefusalLog(clock, limits, (event, values) -> event.log(LOG, values));
        this.initiators = new InitiatorLog(clock, limits.getInt(Limit.INITIATORS_SEEN));
        this.places = new LoginPlaces(limits, initiators::knows);
    }

    Clock clock() {
        return clock;
    }

    /** The server's clock, for time limits. */
    public long clockNanos() {
        return clock.nanoTime();
    }

    Limits limits() {
        return limits;
    }

    CommandTable commands() {
        return commands;
    }

    TargetParameters targetParameters() {
        return targetParameters;
    }

    public Targets targets() {
        return targets;
    }

    SessionRegistry sessions() {
        return sessions;
    }

    public InitiatorLog initiators() {
        return initiators;
    }

    LoginServices services() {
        return services;
    }

    HostNameCache hostNames() {
        return hostNames;
    }

    LoginThrottle throttle() {
        return throttle;
    }

    /** Set once, by the daemon that has commands. */
    public void hints(RefusalHints given) {
        hints = given;
    }

    /** A login was refused: it is counted, shown and, unless the like of it was a moment ago, written to the log. */
    void refused(LoginRefusal refusal) {
        logins.ended(refusal.status());
        record(refusal.initiatorName(), refusal.targetName(), refusal.address(), refusal.status());
        // Only what the initiator did wrong makes its address a suspect (status class 2).
        boolean ofInitiator = refusal.status().statusClass() == LoginStatus.INITIATOR_ERROR.statusClass();
        if (ofInitiator) {
            throttle.failed(refusal.address());
        }
        initiators.refused(refusal);
        refusals.refused(refusal, hints);
    }

    /** A login went well. */
    void admitted(LoginIdentity identity, InetAddress from, String authentication) {
        logins.ended(LoginStatus.SUCCESS);
        record(identity.initiatorName(), identity.targetName(), from, LoginStatus.SUCCESS);
        boolean discovery = identity.sessionType() == SessionType.DISCOVERY;
        // Free discovery proves nothing: between two guesses it would wash every address clean.
        if (!discovery || !authentication.equals(LoginResult.NO_AUTHENTICATION)) {
            throttle.succeeded(from);
        }
        initiators.admitted(identity, from, discovery ? "discovery" : "logged in");
    }

    private static void record(
            @Nullable String initiator, @Nullable String target, InetAddress from, LoginStatus status) {
        if (Recorder.isInUse()) {
            new LoginEvent(initiator, target, from.getHostAddress(), status.toString()).commit();
        }
    }

    /** Looks at time: now and then. */
    public void tick() {
        refusals.tick();
    }

    /** Writes down what has not been: the last thing a server does. */
    public void close() {
        refusals.close();
    }

    LoginSecurity security() {
        return security;
    }

    /** Holds for logins that begin from now on. */
    public void security(LoginSecurity changed) {
        security = changed;
    }

    /** Set once, by the server that knows all loops. */
    public void sessionCloser(BiConsumer<Target, String> closer) {
        sessionCloser = closer;
    }

    /** Closes every session of a target, on whatever loop. */
    void closeSessions(Target target, String why) {
        sessionCloser.accept(target, why);
    }

    /** Who hears of sessions; set once, before the first connection. */
    public void sessionWatcher(SessionWatcher watcher) {
        sessionWatcher = watcher;
    }

    SessionWatcher sessionWatcher() {
        return sessionWatcher;
    }

    /** Where traces of connections go that break the rules; set once, before the first connection. */
    public void traceDumps(TraceDumps dumps) {
        traceDumps = dumps;
    }

    TraceDumps traceDumps() {
        return traceDumps;
    }

    long nextConnectionId() {
        return lastConnectionId.incrementAndGet();
    }

    LoginPlaces places() {
        return places;
    }

    /** Connections that are open. */
    public int connectionCount() {
        return places.connections();
    }

    /** How logins ended, since the start. */
    public Map<LoginStatus, Long> loginCounts() {
        return logins.counts();
    }

    /** An error of our own has cost a connection. */
    void bug(Throwable bug) {
        lastBug = bug;
        bugs.incrementAndGet();
    }

    /** How many connections were dropped because of an error of our own. */
    public long bugs() {
        return bugs.get();
    }

    /** The last of those errors, or null. */
    public @Nullable Throwable lastBug() {
        return lastBug;
    }
}
