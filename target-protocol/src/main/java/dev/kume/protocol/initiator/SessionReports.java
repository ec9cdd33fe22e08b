package dev.kume.protocol.initiator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Counts what happens to a session and tells its listeners. Loop only, but for {@link #statistics()}. */
final class SessionReports {
    private final InitiatorSession session;
    private final List<SessionListener> listeners = new ArrayList<>();
    private volatile SessionStatistics statistics = new SessionStatistics(0, 0, 0, 0, 0);

    SessionReports(InitiatorSession session) {
        this.session = session;
    }

    SessionStatistics statistics() {
        return statistics;
    }

    void add(SessionListener listener) {
        listeners.add(listener);
    }

    void loggedIn() {
        count(1, 0, 0, 0, 0);
        tell(listener -> listener.onLoggedIn(session));
    }

    void lost(InitiatorException why) {
        count(0, 1, 0, 0, 0);
        tell(listener -> listener.onLost(session, why));
    }

    void violation(String what) {
        count(0, 0, 1, 0, 0);
        tell(listener -> listener.onViolation(session, what));
    }

    void rejected(int reason) {
        count(0, 0, 0, 1, 0);
        tell(listener -> listener.onReject(session, reason));
    }

    void asyncMessage(int event) {
        tell(listener -> listener.onAsyncMessage(session, event));
    }

    /** So many commands will be sent again. */
    void unanswered(int commands) {
        count(0, 0, 0, 0, commands);
    }

    /** A listener may add another one. */
    private void tell(Consumer<SessionListener> event) {
        List.copyOf(listeners).forEach(event);
    }

    private void count(long logins, long losses, long violations, long rejects, long reissued) {
        SessionStatistics now = statistics;
        statistics = new SessionStatistics(
                now.logins() + logins,
                now.losses() + losses,
                now.violations() + violations,
                now.rejects() + rejects,
                now.reissued() + reissued);
    }
}
