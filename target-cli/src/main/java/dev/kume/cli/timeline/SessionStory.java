package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.journal.JournalEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which sessions the nodes had when, and when they were heard of. */
final class SessionStory {
    private static final String LOGGED_OUT = "logged out";

    private final TimelineNames names;
    private final Consumer<TimelineView.Event> events;
    private final Map<Long, JournalEvent.SessionBegan> open = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final Map<String, NavigableSet<Instant>> heard = new HashMap<>();
    private @Nullable Instant stopped;

    /** One session. */
    record Session(String node, Instant from, @Nullable Instant to, String address) {}

    SessionStory(TimelineNames names, Consumer<TimelineView.Event> events) {
        this.names = names;
        this.events = events;
    }

    void began(JournalEvent.SessionBegan event) {
        String node = names.node(event.nexus());
        open.put(event.session(), event);
        heard(node, event.at());
        say(event.at(), "login", node, "%s logs in from %s at %s".formatted(node, event.address(), event.portal()));
    }

    void ended(JournalEvent.SessionEnded event) {
        String node = names.node(event.nexus());
        heard(node, event.heard());
        JournalEvent.SessionBegan began = open.remove(event.session());
        if (began != null) {
            sessions.add(new Session(node, began.at(), event.at(), event.address()));
        }
        boolean out = event.why().equals(LOGGED_OUT);
        Duration silence = Duration.between(event.heard(), event.at());
        String since = silence.toSeconds() < 1 ? "" : ", last heard " + Sentences.clock(event.heard());
        say(
                event.at(),
                out ? "logout" : "lost",
                node,
                out
                        ? "%s logs out from %s".formatted(node, event.address())
                        : "session of %s from %s ends: %s%s".formatted(node, event.address(), event.why(), since));
    }

    void heard(JournalEvent.Heard event) {
        heard(names.node(event.nexus()), event.heard());
    }

    private void heard(String node, Instant at) {
        heard.computeIfAbsent(node, ignored -> new TreeSet<>()).add(at);
    }

    void stopped(JournalEvent.Stopped event) {
        stopped = event.at();
        say(event.at(), "daemon", null, "the daemon stops");
    }

    /** No session goes on over the start of the daemon. */
    void started(JournalEvent.Started event) {
        Instant ended = stopped;
        open.values()
                .forEach(session -> sessions.add(new Session(
                        names.node(session.nexus()),
                        session.at(),
                        ended == null || ended.isBefore(session.at()) ? event.at() : ended,
                        session.address())));
        open.clear();
        stopped = null;
        say(
                event.at(),
                "daemon",
                null,
                "the daemon starts, version %s%s"
                        .formatted(
                                event.version(),
                                ended == null ? "; it had not stopped in order, or this is the first start" : ""));
    }

    /** All sessions; those without an end go on. */
    List<Session> sessions() {
        List<Session> all = new ArrayList<>(sessions);
        open.values().forEach(each -> all.add(new Session(names.node(each.nexus()), each.at(), null, each.address())));
        return all;
    }

    Map<String, NavigableSet<Instant>> heard() {
        return heard;
    }

    private void say(Instant at, String kind, @Nullable String node, String text) {
        events.accept(new TimelineView.Event(at, kind, node, null, text));
    }
}
