package dev.kume.protocol.server;

import dev.kume.core.Clock;
import dev.kume.protocol.connection.Connection;
import dev.kume.protocol.connection.LoopContext;
import dev.kume.protocol.connection.LoopTimer;
import dev.kume.protocol.connection.SessionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Some sessions on their way to an end in order: their initiators are asked to log out (RFC 7143 11.9.1, event 1) and
 * served meanwhile; those that are still there when the time is over are told so and cut. One way in which a stop, a
 * drain and the closing of a portal end sessions; they differ in {@link Manner}.
 */
public final class SessionEnding {
    private static final long LOOK_MILLIS = 20;

    /** What a cut may take beyond its time, before the connection cuts itself. */
    private static final int SPARE_SECONDS = 5;

    /**
     * @param graceSeconds how long initiators have to log out; 0: they are not asked
     * @param idleSeconds  how long after that a session with commands is left to end them
     * @param loginSeconds how long a login under way is served, to be refused in its own words; 0: it is closed at once
     * @param why          for the log
     */
    public record Manner(int graceSeconds, int idleSeconds, int loginSeconds, String why) {}

    private final Connections connections;
    private final LoopTimer timer;
    private final Clock clock;
    private final Predicate<Connection> which;
    private final Manner manner;
    private final Consumer<List<SessionInfo>> progress;
    private final long loginsUntilNanos;
    private final long graceUntilNanos;
    private final long idleUntilNanos;
    private final List<SessionInfo> cut = new ArrayList<>();
    private final CompletableFuture<List<SessionInfo>> over = new CompletableFuture<>();

    /** What one loop has left. */
    private record Left(List<SessionInfo> sessions, List<SessionInfo> cut, int ending, int loggingIn) {}

    private SessionEnding(
            Connections connections,
            LoopTimer timer,
            Clock clock,
            Predicate<Connection> which,
            Manner manner,
            Consumer<List<SessionInfo>> progress) {
        this.connections = connections;
        this.timer = timer;
        this.clock = clock;
        this.which = which;
        this.manner = manner;
        this.progress = progress;
        long now = clock.nanoTime();
        this.loginsUntilNanos = now + TimeUnit.SECONDS.toNanos(manner.loginSeconds());
        this.graceUntilNanos = now + TimeUnit.SECONDS.toNanos(manner.graceSeconds());
        this.idleUntilNanos = graceUntilNanos + TimeUnit.SECONDS.toNanos(manner.idleSeconds());
    }

    /**
     * Begins.
     *
     * @param which    looked at again and again, on the loop of the connection
     * @param progress hears again and again which sessions are left
     * @return the sessions that had to be cut, when no task of any is left
     */
    public static CompletableFuture<List<SessionInfo>> begin(
            Connections connections,
            LoopTimer timer,
            Clock clock,
            Predicate<Connection> which,
            Manner manner,
            Consumer<List<SessionInfo>> progress) {
        SessionEnding ending = new SessionEnding(connections, timer, clock, which, manner, progress);
        ending.ask();
        ending.look();
        return ending.over;
    }

    private void ask() {
        if (manner.loginSeconds() == 0) {
            connections.each(
                    which.and(connection -> connection.info() == null),
                    connection -> connection.closeAfterFlush(manner.why()));
        }
        if (manner.graceSeconds() > 0) {
            int cutSeconds = manner.graceSeconds() + manner.idleSeconds() + SPARE_SECONDS;
            connections.each(
                    which.and(connection -> connection.info() != null),
                    connection -> connection.requestLogout(manner.graceSeconds(), cutSeconds));
        }
    }

    private void look() {
        long now = clock.nanoTime();
        connections.ofEachLoop(loop -> look(loop, now)).whenComplete((left, failure) -> {
            if (failure != null) {
                over.completeExceptionally(failure);
            } else {
                decide(left, now);
            }
        });
    }

    /** On the loop. */
    private Left look(LoopContext loop, long now) {
        Left left = new Left(new ArrayList<>(), new ArrayList<>(), 0, 0);
        int ending = 0;
        int loggingIn = 0;
        for (Connection connection : loop.connections()) {
            if (!which.test(connection)) {
                continue;
            }
            SessionInfo session = connection.info();
            if (session == null) {
                loggingIn += connection.isLoggingIn() ? 1 : 0;
                ending += connection.isLoggingIn() ? 0 : 1;
            } else if (now - idleUntilNanos >= 0 || (now - graceUntilNanos >= 0 && session.outstanding() == 0)) {
                left.cut().add(session);
                connection.dropAfterNotice(manner.why());
                ending++;
            } else {
                left.sessions().add(session);
            }
        }
        return new Left(left.sessions(), left.cut(), ending, loggingIn);
    }

    private void decide(List<Left> all, long now) {
        List<SessionInfo> sessions =
                all.stream().flatMap(left -> left.sessions().stream()).toList();
        all.forEach(left -> cut.addAll(left.cut()));
        progress.accept(sessions);
        boolean gone = sessions.isEmpty() && all.stream().allMatch(left -> left.ending() == 0);
        boolean noLogin = now - loginsUntilNanos >= 0 || all.stream().allMatch(left -> left.loggingIn() == 0);
        if ((gone && noLogin) || now - idleUntilNanos >= 0) {
            closeRest();
        } else {
            timer.after(LOOK_MILLIS, TimeUnit.MILLISECONDS, this::look);
        }
    }

    private void closeRest() {
        connections.end(which, manner.why()).whenComplete((ended, failure) -> {
            if (failure != null) {
                over.completeExceptionally(failure);
            } else {
                over.complete(List.copyOf(cut));
            }
        });
    }
}
