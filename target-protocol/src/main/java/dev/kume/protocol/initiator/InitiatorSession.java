package dev.kume.protocol.initiator;

import dev.kume.core.Clock;
import dev.kume.protocol.initiator.InitiatorException.Reason;
import dev.kume.protocol.login.InitiatorLogin;
import dev.kume.protocol.login.InitiatorLoginStep;
import dev.kume.protocol.login.KeyValue;
import dev.kume.protocol.login.SessionParameters;
import dev.kume.protocol.login.SessionType;
import dev.kume.protocol.pdu.AsyncEvent;
import dev.kume.protocol.pdu.AsyncMessagePdu;
import dev.kume.protocol.pdu.LogoutReason;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementResponse;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One session with a target, which outlives its connections: after a loss it logs in again with the same ISID and TSIH
 * 0, for ever, and sends again what was not answered. Methods may be called by any thread; everything happens on the
 * initiator's loop, and results are completed there.
 */
public final class InitiatorSession {
    /** The states of a session. */
    public enum State {
        /** A login is under way. */
        CONNECTING,
        LOGGED_IN,
        /** Nothing new is sent; a logout follows what is under way. */
        LOGGING_OUT,
        /** There will be a new login. */
        WAITING,
        CLOSED
    }

    private final Initiator initiator;
    private final InitiatorLoop loop;
    private final Clock clock;
    private final SessionType type;
    private final @Nullable String targetName;
    private final SessionSettings settings;
    private final long isid;
    private final SessionReports reports = new SessionReports(this);
    private final Deque<InitiatorTask> waiting = new ArrayDeque<>();
    private final CompletableFuture<InitiatorSession> firstLogin = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final SessionWatch watch;

    private volatile State state = State.CONNECTING;
    private SocketAddress portal;
    private @Nullable SocketAddress redirectedTo;
    private @Nullable InitiatorConnection connection;
    private @Nullable FullFeaturePhase phase;
    private volatile @Nullable SessionParameters parameters;
    private volatile int tsih;
    private int lastTag;
    private int time2WaitSeconds;
    private boolean redirectTried;
    private @Nullable FullFeaturePhase logoutSent;
    private boolean ownerLogsOut;
    private boolean heldTooLong;

    InitiatorSession(
            Initiator initiator,
            SessionType type,
            @Nullable String targetName,
            SocketAddress portal,
            SessionSettings settings,
            long isid,
            int firstTag) {
        this.initiator = initiator;
        this.loop = initiator.loop();
        this.clock = initiator.clock();
        this.type = type;
        this.targetName = targetName;
        this.portal = portal;
        this.settings = settings;
        this.isid = isid;
        lastTag = firstTag;
        watch = new SessionWatch(this, loop, settings.times());
    }

    // ---- what it is -------------------------------------------------------------------------------------------------

    public State state() {
        return state;
    }

    /** The name of the target, or null in a discovery session. */
    public @Nullable String targetName() {
        return targetName;
    }

    /** The initiator part of the session id, in the low 48 bits. */
    public long isid() {
        return isid;
    }

    /** The target part of the session id, of the last login. */
    public int tsih() {
        return tsih;
    }

    /** What the last login agreed on, or null before the first. */
    public @Nullable SessionParameters parameters() {
        return parameters;
    }

    public SessionStatistics statistics() {
        return reports.statistics();
    }

    /** Tells this listener too what happens from now on. */
    public void addListener(SessionListener listener) {
        loop.run(() -> reports.add(listener));
    }

    // ---- requests ---------------------------------------------------------------------------------------------------

    /** Carries a command out; it is held while the session is away. */
    public InitiatorTask submit(ScsiCommand command) {
        InitiatorTask task = new InitiatorTask(command, settings.forgiving());
        loop.run(() -> onSubmit(task));
        return task;
    }

    /** The same for those who need its result only. */
    public CompletableFuture<ScsiResult> execute(ScsiCommand command) {
        return submit(command).result();
    }

    /** ABORT TASK; completes with a {@link dev.kume.protocol.pdu.TaskManagementResponse}. */
    public CompletableFuture<Integer> abort(InitiatorTask task) {
        return onPhase(active -> active.isUnderWay(task)
                ? active.manage(
                        TaskManagementFunction.ABORT_TASK, task.command().lun(), task)
                : withdraw(task));
    }

    /**
     * Another task management function.
     *
     * @param function a {@link dev.kume.protocol.pdu.TaskManagementFunction}
     */
    public CompletableFuture<Integer> manage(int function, int lun) {
        return onPhase(active -> active.manage(function, lun, null));
    }

    /** NOP-Out; completes with the data that came back. */
    public CompletableFuture<ByteBuffer> ping(ByteBuffer data) {
        return onPhase(active -> active.ping(data.slice()));
    }

    /** A text negotiation; completes with the target's pairs. */
    public CompletableFuture<List<KeyValue>> text(List<KeyValue> pairs) {
        return onPhase(active -> active.text(pairs));
    }

    /** Lets what is under way end, logs out and closes the session. Requests that still wait fail. */
    public CompletableFuture<Void> logout() {
        loop.run(() -> {
            ownerLogsOut = true;
            failWaiting(new InitiatorException(Reason.CLOSED, "the session is logged out"));
            if (state == State.LOGGED_IN) {
                beginLogout(settings.times().reset());
            } else if (state != State.LOGGING_OUT) {
                onClose(new InitiatorException(Reason.CLOSED, "closed without a login"));
            }
        });
        return closed.copy();
    }

    /** Closes the connection without a logout, and the session with it. */
    public void close() {
        loop.run(() -> onClose(new InitiatorException(Reason.CLOSED, "the session is closed")));
    }

    // ---- for those who test targets ---------------------------------------------------------------------------------

    /** Takes nothing from the network any more, or again: the target's output has to wait. */
    public void pauseReading(boolean pause) {
        loop.run(() -> {
            if (connection != null) {
                connection.pauseReading(pause);
            }
        });
    }

    /** Leaves the connection as a host without power does: open, silent, no FIN. The session goes on. */
    public void vanish() {
        loop.run(() -> {
            InitiatorConnection current = connection;
            if (current != null) {
                Channel left = current.vanish(new InitiatorException(Reason.CONNECTION_LOST, "left without a word"));
                if (left != null) {
                    initiator.abandon(left);
                }
            }
        });
    }

    /** Closes the connection; the session goes on as after a loss. */
    public void drop() {
        loop.run(() -> lose("dropped"));
    }

    // ---- connecting -------------------------------------------------------------------------------------------------

    CompletableFuture<InitiatorSession> connect() {
        assert loop.inLoop();
        state = State.CONNECTING;
        SocketAddress to = redirectedTo == null ? portal : redirectedTo;
        InitiatorLogin login = new InitiatorLogin(
                initiator.name(),
                type,
                targetName,
                isid,
                settings.offered(),
                settings.credentials(),
                settings.limits(),
                initiator.random());
        if (++lastTag == PduHeader.NO_TAG) {
            lastTag++;
        }
        InitiatorConnection begun = new InitiatorConnection(
                events,
                login,
                isid,
                settings.limits(),
                settings.filter(),
                initiator.random().nextInt(),
                lastTag);
        connection = begun;
        watch.loginBegins(begun);
        initiator.transport().connect(to, begun).addListener(done -> {
            if (!done.isSuccess()) {
                begun.end(new InitiatorException(
                        Reason.CONNECTION_LOST,
                        "no connection to %s: %s"
                                .formatted(Portal.show(to), done.cause().getMessage())));
            }
        });
        return firstLogin;
    }

    /** What its connection says; of an earlier connection nothing is heard. */
    private final InitiatorConnection.Owner events = new InitiatorConnection.Owner() {
        @Override
        public void onLoggedIn(InitiatorConnection from, FullFeaturePhase active, int newTsih) {
            state = State.LOGGED_IN;
            phase = active;
            parameters = active.parameters();
            tsih = newTsih;
            redirectedTo = null;
            time2WaitSeconds = 0;
            heldTooLong = false;
            watch.loggedIn(from);
            reports.loggedIn();
            firstLogin.complete(InitiatorSession.this);
            pump();
        }

        @Override
        public void onRedirected(InitiatorLoginStep.Redirected redirected) {
            if (redirectedTo != null) {
                throw InitiatorException.violation("redirected again, to " + redirected.address());
            }
            redirectedTo = Portal.of(redirected.address());
            if (redirected.permanent()) {
                portal = redirectedTo;
            }
        }

        @Override
        public void onProgress() {
            pump();
        }

        @Override
        public void onAsyncMessage(AsyncMessagePdu message) {
            InitiatorSession.this.onAsyncMessage(message);
        }

        @Override
        public void onReject(int reason) {
            reports.rejected(reason);
        }

        @Override
        public void onEnded(InitiatorConnection from, InitiatorException why) {
            InitiatorSession.this.onEnded(why);
        }
    };

    private void onEnded(InitiatorException why) {
        boolean redirects =
                phase == null && redirectedTo != null && state == State.CONNECTING && why.loginStatus() == null;
        FullFeaturePhase old = phase;
        phase = null;
        connection = null;
        watch.connectionEnded();
        if (old != null) {
            lastTag = old.lastTag();
            List<InitiatorTask> unanswered = old.end(why);
            for (InitiatorTask task : unanswered.reversed()) {
                waiting.addFirst(task);
            }
            reports.unanswered(unanswered.size());
        }
        if (why.reason() == Reason.PROTOCOL_VIOLATION) {
            reports.violation(String.valueOf(why.getMessage()));
        }
        if (state == State.CLOSED) {
            return;
        }
        if (redirects && why.reason() == Reason.CONNECTION_LOST && !redirectTried) {
            redirectTried = true;
            connect();
            return;
        }
        redirectTried = false;
        redirectedTo = null;
        if (ownerLogsOut || !firstLogin.isDone()) {
            onClose(why);
            return;
        }
        reports.lost(why);
        state = State.WAITING;
        watch.lost(Duration.ofSeconds(time2WaitSeconds));
    }

    /** The time between two attempts is over. */
    void reconnect() {
        if (state == State.WAITING) {
            connect();
        }
    }

    /** Requests have waited for the session as long as they do. */
    void holdTimeOver() {
        if (state != State.LOGGED_IN) {
            heldTooLong = true;
            failWaiting(new InitiatorException(Reason.HELD_TOO_LONG, "the target has been away for too long"));
        }
    }

    /** Gives the connection up, for this reason. */
    void lose(String why) {
        if (connection != null) {
            connection.end(new InitiatorException(Reason.CONNECTION_LOST, why));
        }
    }

    private void onClose(InitiatorException why) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        watch.close();
        if (connection != null) {
            connection.end(why);
        }
        failWaiting(why);
        firstLogin.completeExceptionally(why);
        closed.complete(null);
        initiator.remove(this);
    }

    // ---- logout -----------------------------------------------------------------------------------------------------

    private void beginLogout(Duration patience) {
        state = State.LOGGING_OUT;
        watch.logoutBegins(patience);
        pump();
    }

    /** Sends the Logout Request when nothing is under way, or when the patience is over. */
    void sendLogout() {
        FullFeaturePhase active = phase;
        InitiatorConnection current = connection;
        if (state != State.LOGGING_OUT || active == null || current == null || logoutSent == active) {
            return;
        }
        logoutSent = active;
        active.logout(LogoutReason.CLOSE_SESSION).whenComplete((time2Wait, failure) -> {
            time2WaitSeconds = failure == null ? time2Wait : time2WaitSeconds;
            String how = failure == null ? "logged out" : "no logout: " + failure.getMessage();
            current.end(new InitiatorException(Reason.CONNECTION_LOST, how));
        });
        current.flush();
    }

    private void onAsyncMessage(AsyncMessagePdu message) {
        int event = message.asyncEvent();
        reports.asyncMessage(event);
        switch (event) {
            case AsyncEvent.TARGET_REQUESTS_LOGOUT -> {
                if (state == State.LOGGED_IN) {
                    // Parameter3: the target closes the connection after so many seconds, RFC 7143 11.9.1.
                    beginLogout(Duration.ofSeconds(Math.max(1, message.parameter3() / 2)));
                }
            }
            case AsyncEvent.DROP_CONNECTION, AsyncEvent.DROP_SESSION -> {
                time2WaitSeconds = message.parameter2();
                throw new InitiatorException(Reason.CONNECTION_LOST, "the target says: " + AsyncEvent.nameOf(event));
            }
            default -> {} // A report of the unit, or nothing we could act on: the listener knows.
        }
    }

    // ---- commands ---------------------------------------------------------------------------------------------------

    private void onSubmit(InitiatorTask task) {
        FullFeaturePhase active = phase;
        int open = waiting.size() + (active == null ? 0 : active.tasks().size());
        if (state == State.CLOSED || ownerLogsOut) {
            task.result().completeExceptionally(new InitiatorException(Reason.CLOSED, "the session is closed"));
        } else if (heldTooLong) {
            task.result()
                    .completeExceptionally(
                            new InitiatorException(Reason.HELD_TOO_LONG, "the target has been away for too long"));
        } else if (open >= settings.requestsMax()) {
            task.result()
                    .completeExceptionally(
                            new InitiatorException(Reason.QUEUE_FULL, "%d requests are open already".formatted(open)));
        } else {
            waiting.add(task);
            pump();
        }
    }

    /** Sends what may be sent. */
    private void pump() {
        FullFeaturePhase active = phase;
        InitiatorConnection current = connection;
        if (active == null || current == null) {
            return;
        }
        while (state == State.LOGGED_IN && !waiting.isEmpty() && active.takesCommand()) {
            active.send(waiting.remove(), clock.nanoTime());
        }
        if (state == State.LOGGING_OUT && active.tasks().isEmpty()) {
            sendLogout();
        }
        current.flush();
    }

    /** Ends a task that no target knows. */
    private CompletableFuture<Integer> withdraw(InitiatorTask task) {
        if (waiting.remove(task)) {
            task.result().completeExceptionally(new InitiatorException(Reason.TASK_ENDED, "withdrawn"));
        }
        return CompletableFuture.completedFuture(TaskManagementResponse.TASK_DOES_NOT_EXIST);
    }

    private void failWaiting(InitiatorException why) {
        List<InitiatorTask> failed = new ArrayList<>(waiting);
        waiting.clear();
        failed.forEach(task -> task.result().completeExceptionally(why));
    }

    private <T> CompletableFuture<T> onPhase(Function<FullFeaturePhase, CompletableFuture<T>> action) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.run(() -> {
            FullFeaturePhase active = phase;
            InitiatorConnection current = connection;
            if (active == null || current == null) {
                answer.completeExceptionally(new InitiatorException(Reason.CONNECTION_LOST, "not logged in"));
                return;
            }
            Futures.forward(action.apply(active), answer);
            current.flush();
        });
        return answer;
    }

    @Nullable
    FullFeaturePhase phase() {
        return phase;
    }

    Clock clock() {
        return clock;
    }

    @Override
    public String toString() {
        return "%s,i,0x%012x at %s".formatted(initiator.name(), isid, Portal.show(portal));
    }
}
