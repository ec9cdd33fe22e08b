package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.journal.JournalEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** From the events of the journal to the story of one cluster: a pure function. */
public final class Timeline {
    private final TimelineNames names;
    private final Instant from;
    private final Instant to;
    private final List<TimelineView.Event> events = new ArrayList<>();
    private final SessionStory sessions;
    private final Map<UUID, DiskStory> disks = new LinkedHashMap<>();
    private long leftOut;

    private Timeline(TimelineNames names, Instant from, Instant to) {
        this.names = names;
        this.from = from;
        this.to = to;
        this.sessions = new SessionStory(names, events::add);
        names.disks().forEach((uuid, disk) -> disks.put(uuid, new DiskStory(disk, names, events::add)));
    }

    /**
     * What happened in a span of time; what was before it is looked at too, for who had which disk.
     *
     * @param journal events of any clusters, in any order
     */
    public static TimelineView of(TimelineNames names, Collection<JournalEvent> journal, Instant from, Instant to) {
        Timeline timeline = new Timeline(names, from, to);
        journal.stream()
                .filter(event -> !event.at().isAfter(to))
                .sorted(Comparator.comparing(JournalEvent::at))
                .forEachOrdered(timeline::take);
        return timeline.view();
    }

    private void take(JournalEvent event) {
        switch (event) {
            case JournalEvent.Started started -> sessions.started(started);
            case JournalEvent.Stopped stopped -> sessions.stopped(stopped);
            case JournalEvent.SessionBegan began -> {
                if (names.isNode(began.nexus())) {
                    sessions.began(began);
                }
            }
            case JournalEvent.SessionEnded ended -> {
                if (names.isNode(ended.nexus())) {
                    sessions.ended(ended);
                }
            }
            case JournalEvent.Heard heard -> {
                if (names.isNode(heard.nexus())) {
                    sessions.heard(heard);
                }
            }
            case JournalEvent.ReservationChanged changed -> {
                DiskStory story = disks.get(changed.disk());
                if (story != null) {
                    story.changed(changed);
                }
            }
            case JournalEvent.LastAccess access -> {
                DiskStory story = disks.get(access.disk());
                if (story != null) {
                    story.access(access);
                }
            }
            case JournalEvent.FirstAccess access -> {
                DiskStory story = disks.get(access.disk());
                if (story != null) {
                    story.access(access);
                }
            }
            case JournalEvent.LeftOut left -> leftOut(left);
        }
    }

    private void leftOut(JournalEvent.LeftOut left) {
        String node = names.nodeByInitiator().get(left.what());
        TimelineNames.Disk disk = names.disks().entrySet().stream()
                .filter(each -> each.getKey().toString().equals(left.what()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        if (node == null && disk == null && !left.ofAll()) {
            return; // Of another cluster.
        }
        leftOut += left.at().isBefore(from) ? 0 : left.count();
        String name = node != null ? node : disk != null ? disk.name() : left.what();
        events.add(new TimelineView.Event(
                left.at(),
                "leftOut",
                node,
                disk == null ? null : disk.name(),
                "%d more events of %s came too quickly to be written down".formatted(left.count(), name)));
    }

    private TimelineView view() {
        List<TimelineView.Move> moves = new ArrayList<>();
        for (DiskStory story : disks.values()) {
            for (TimelineView.Move move : new Moves(story, sessions.heard(), to).all()) {
                silence(move);
                if (!move.taken().isBefore(from)) {
                    moves.add(move);
                }
            }
        }
        moves.sort(Comparator.comparing(TimelineView.Move::taken));
        List<TimelineView.Event> told = events.stream()
                .filter(event -> !event.at().isBefore(from))
                .distinct()
                .sorted(Comparator.comparing(TimelineView.Event::at))
                .toList();
        int beyond = Math.max(0, told.size() - TimelineView.EVENTS_MAX);
        return new TimelineView(
                names.cluster(), from, to, moves, told.subList(beyond, told.size()), lanes(), leftOut + beyond);
    }

    /** Where a failover begins: the last that was seen of the owner. */
    private void silence(TimelineView.Move move) {
        Instant lastIo = move.lastIo();
        if (!move.kind().equals(TimelineView.Move.FAILOVER) || lastIo == null) {
            return;
        }
        Instant heard = move.heard();
        events.add(new TimelineView.Event(
                lastIo,
                "silent",
                move.from(),
                move.disk(),
                "last I/O of %s on %s%s"
                        .formatted(
                                move.from(),
                                move.disk(),
                                heard == null || !heard.isAfter(lastIo)
                                        ? ", and nothing more is heard"
                                        : "; last heard " + Sentences.clock(heard))));
    }

    // ---- lanes ------------------------------------------------------------------------------------------------------

    private List<TimelineView.Lane> lanes() {
        List<TimelineView.Lane> lanes = new ArrayList<>();
        for (String node : names.nodes()) {
            List<TimelineView.Span> logins = new ArrayList<>();
            for (SessionStory.Session session : sessions.sessions()) {
                if (session.node().equals(node)) {
                    add(logins, session.from(), session.to(), session.address());
                }
            }
            List<TimelineView.Span> owned = new ArrayList<>();
            for (DiskStory story : disks.values()) {
                for (DiskStory.Owned span : story.owned()) {
                    if (span.node().equals(node)) {
                        add(owned, span.from(), span.to(), story.disk().name());
                    }
                }
            }
            logins.sort(Comparator.comparing(TimelineView.Span::from));
            owned.sort(Comparator.comparing(TimelineView.Span::from));
            lanes.add(new TimelineView.Lane(node, logins, owned));
        }
        return lanes;
    }

    private void add(List<TimelineView.Span> spans, Instant begin, @Nullable Instant end, String what) {
        Instant first = begin.isBefore(from) ? from : begin;
        Instant last = end == null || end.isAfter(to) ? to : end;
        if (!first.isAfter(last)) {
            spans.add(new TimelineView.Span(first, last, what));
        }
    }
}
