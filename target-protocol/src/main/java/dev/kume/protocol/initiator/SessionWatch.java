package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.TaskManagementFunction;
import dev.kume.protocol.pdu.TaskManagementResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a session: when to connect again, when requests were held too long, and what to do about a target that
 * does not answer. Loop only.
 */
final class SessionWatch {
    private final InitiatorSession session;
    private final InitiatorLoop loop;
    private final SessionTimes times;
    private InitiatorLoop.@Nullable Timer connectTimer;
    private InitiatorLoop.@Nullable Timer holdTimer;
    private InitiatorLoop.@Nullable Timer watchTimer;
    private @Nullable InitiatorConnection connection;
    private boolean pinging;
    private long silentNanos;
    private boolean resetting;

    SessionWatch(InitiatorSession session, InitiatorLoop loop, SessionTimes times) {
        this.session = session;
        this.loop = loop;
        this.times = times;
    }

    void loginBegins(InitiatorConnection begun) {
        cancel(connectTimer);
        connectTimer = loop.schedule(
                () -> begun.end(new InitiatorException(
                        InitiatorException.Reason.CONNECTION_LOST, "no login within the time limit")),
                times.login().toNanos());
    }

    void loggedIn(InitiatorConnection open) {
        cancel(connectTimer);
        cancel(holdTimer);
        connectTimer = null;
        holdTimer = null;
        connection = open;
        pinging = false;
        resetting = false;
        silentNanos = 0;
        watchLater();
    }

    /** There is no connection; the next attempt comes not before the target wants it. */
    void lost(Duration atLeast) {
        if (holdTimer == null) {
            holdTimer = loop.schedule(session::holdTimeOver, times.requestHold().toNanos());
        }
        long delayNanos = Math.max(times.reconnect().toNanos(), atLeast.toNanos());
        connectTimer = loop.schedule(session::reconnect, delayNanos);
    }

    void connectionEnded() {
        cancel(connectTimer);
        cancel(watchTimer);
        connectTimer = null;
        watchTimer = null;
        connection = null;
    }

    /** The Logout Request leaves after this patience at the latest, and the answer has as long to come. */
    void logoutBegins(Duration patience) {
        cancel(connectTimer);
        connectTimer = loop.schedule(
                () -> {
                    session.sendLogout();
                    connectTimer = loop.schedule(() -> session.lose("no answer to the logout"), patience.toNanos());
                },
                patience.toNanos());
    }

    void close() {
        connectionEnded();
        cancel(holdTimer);
        holdTimer = null;
    }

    // ---- a target that is silent ------------------------------------------------------------------------------------

    private void watchLater() {
        long shortest = Long.MAX_VALUE;
        for (Duration each : List.of(times.command(), times.ping())) {
            shortest = each.isZero() ? shortest : Math.min(shortest, each.toNanos());
        }
        if (shortest != Long.MAX_VALUE) {
            long period = Math.clamp(shortest / 4, 1_000_000L, 1_000_000_000L);
            watchTimer = loop.schedule(() -> watch(period), period);
        }
    }

    private void watch(long periodNanos) {
        FullFeaturePhase phase = session.phase();
        InitiatorConnection open = connection;
        if (phase == null || open == null) {
            return;
        }
        silentNanos = open.heard() ? 0 : silentNanos + periodNanos;
        if (!times.ping().isZero() && silentNanos >= times.ping().toNanos()) {
            if (pinging) {
                session.lose("no answer to a NOP-Out");
                return;
            }
            pinging = true;
            silentNanos = 0;
            var _ = session.ping(ByteBuffer.allocate(0)).whenComplete((data, failure) -> pinging = false);
        }
        if (!times.command().isZero() && !resetting) {
            overdue(phase);
        }
        if (session.phase() == phase) {
            watchLater();
        }
    }

    private void overdue(FullFeaturePhase phase) {
        long now = session.clock().nanoTime();
        for (InitiatorTask task : new ArrayList<>(phase.tasks())) {
            if (now - task.sentAtNanos() > times.command().toNanos()) {
                resetting = true;
                int lun = task.command().lun();
                escalate(phase, lun, TaskManagementFunction.LOGICAL_UNIT_RESET);
                return;
            }
        }
    }

    /** As storport does: reset the unit, then the target, then give the connection up. */
    private void escalate(FullFeaturePhase phase, int lun, int function) {
        CompletableFuture<Integer> answer = session.manage(function, lun);
        InitiatorLoop.Timer patience = loop.schedule(
                () -> answer.completeExceptionally(
                        new InitiatorException(InitiatorException.Reason.CONNECTION_LOST, "no answer")),
                times.reset().toNanos());
        var _ = answer.whenComplete((response, failure) -> {
            patience.cancel();
            if (session.phase() != phase) {
                return;
            }
            if (failure == null && response == TaskManagementResponse.FUNCTION_COMPLETE) {
                resetting = false;
            } else if (function == TaskManagementFunction.LOGICAL_UNIT_RESET) {
                escalate(phase, lun, TaskManagementFunction.TARGET_WARM_RESET);
            } else {
                session.lose("a command stays unanswered, and so do resets");
            }
        });
    }

    private static void cancel(InitiatorLoop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
