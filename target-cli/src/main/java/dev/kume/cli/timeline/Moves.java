package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.timeline.DiskStory.Change;
import dev.kume.core.inventory.ClusterRole;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The changes of hands of one disk with all their times, and what they cost. */
final class Moves {
    /** Who has not written for so long before a change has not been interrupted by it. */
    private static final Duration WRITING = Duration.ofSeconds(10);

    /** A pause that nobody notices. */
    private static final long PAUSE_MILLIS = 1_000;

    private final DiskStory story;
    private final Map<String, NavigableSet<Instant>> heard;
    private final Instant end;

    /**
     * @param heard when each node was heard of, as far as it is known
     * @param end   of what is known
     */
    Moves(DiskStory story, Map<String, NavigableSet<Instant>> heard, Instant end) {
        this.story = story;
        this.heard = heard;
        this.end = end;
    }

    List<TimelineView.Move> all() {
        List<TimelineView.Move> moves = new ArrayList<>();
        List<Change> changes = story.changes();
        for (int i = 0; i < changes.size(); i++) {
            Instant until = end;
            for (int next = i + 1; next < changes.size(); next++) {
                if (!changes.get(next).kind().equals(TimelineView.Move.CHALLENGE_LOST)) {
                    until = changes.get(next).taken();
                    break;
                }
            }
            moves.add(move(changes.get(i), until));
        }
        return moves;
    }

    private TimelineView.Move move(Change change, Instant until) {
        if (change.kind().equals(TimelineView.Move.CHALLENGE_LOST)) {
            String text = "challenge of %s for %s at %s lost: fended off by %s at %s"
                    .formatted(change.to(), name(), clock(change.challenged()), change.from(), clock(change.taken()));
            return move(change, null, null, null, null, null, text);
        }
        AccessTimes accesses = story.accesses();
        Instant lastIo = accesses.last(change.from(), change.taken());
        Instant lastHeard = lastHeard(change.from(), lastIo, change.taken());
        Instant firstRead = accesses.firstRead(change.to(), change.taken(), until);
        Instant firstWrite = accesses.firstWrite(change.to(), change.taken(), until);
        if (story.disk().role() == ClusterRole.CSV) {
            return coordinator(change, until, lastIo, lastHeard, firstRead, firstWrite);
        }
        Long outage = Sentences.millis(lastIo, firstWrite);
        return move(
                change,
                lastIo,
                lastHeard,
                firstRead,
                firstWrite,
                outage,
                text(change, lastIo, lastHeard, firstWrite, outage));
    }

    private @Nullable Instant lastHeard(String node, @Nullable Instant lastIo, Instant taken) {
        NavigableSet<Instant> times = heard.getOrDefault(node, new TreeSet<>());
        Instant last = times.floor(taken);
        return last == null || (lastIo != null && lastIo.isAfter(last)) ? lastIo : last;
    }

    private String text(
            Change change,
            @Nullable Instant lastIo,
            @Nullable Instant lastHeard,
            @Nullable Instant firstWrite,
            @Nullable Long outage) {
        boolean failover = change.kind().equals(TimelineView.Move.FAILOVER);
        List<String> steps = new ArrayList<>();
        if (lastIo != null) {
            steps.add(failover ? "%s silent %s".formatted(change.from(), clock(lastIo)) : "last I/O " + clock(lastIo));
        }
        if (failover && lastIo != null && lastHeard != null && lastHeard.isAfter(lastIo)) {
            steps.add("last heard " + clock(lastHeard));
        }
        if (change.challenged() != null) {
            steps.add("challenge by %s %s".formatted(change.to(), clock(change.challenged())));
        }
        if (change.released() != null) {
            steps.add((change.removed() ? "reservation removed " : "released ") + clock(change.released()));
        }
        steps.add((failover ? "preempt " : "reserved ") + clock(change.taken()));
        steps.add(firstWrite == null ? "no write yet" : "first write " + clock(firstWrite));
        return "%s of %s from %s to %s: %s: %s"
                .formatted(
                        change.kind(),
                        name(),
                        change.from(),
                        change.to(),
                        String.join(", ", steps),
                        outage(change, lastIo, outage));
    }

    private static String outage(Change change, @Nullable Instant lastIo, @Nullable Long outage) {
        if (outage != null) {
            return "outage " + Sentences.length(outage);
        }
        return lastIo == null
                ? "outage unknown, for the last I/O of %s is not known".formatted(change.from())
                : "the outage goes on";
    }

    // ---- CSV --------------------------------------------------------------------------------------------------------

    /** Every node writes a CSV: the move of its coordinator costs only who had to wait. */
    private TimelineView.Move coordinator(
            Change change,
            Instant until,
            @Nullable Instant lastIo,
            @Nullable Instant lastHeard,
            @Nullable Instant firstRead,
            @Nullable Instant firstWrite) {
        String slowest = "";
        Long longest = null;
        int writers = 0;
        for (String node : story.accesses().writers()) {
            Instant before = story.accesses().lastWrite(node, change.taken());
            Instant after = story.accesses().firstWrite(node, change.taken(), until);
            boolean wrote = before != null && before.isAfter(change.taken().minus(WRITING));
            Long pause = wrote ? Sentences.millis(before, after) : null;
            if (pause != null) {
                writers++;
                if (longest == null || pause > longest) {
                    longest = pause;
                    slowest = node;
                }
            }
        }
        String cost = longest == null
                ? "nobody wrote before and after"
                : longest < PAUSE_MILLIS
                        ? "%s kept writing: no outage".formatted(writers == 1 ? slowest : writers + " nodes")
                        : "longest pause %s, of %s".formatted(Sentences.length(longest), slowest);
        String how = change.released() != null
                ? "released %s, reserved %s".formatted(clock(change.released()), clock(change.taken()))
                : "preempt " + clock(change.taken());
        String text = "%s of the coordinator of %s from %s to %s: %s: %s"
                .formatted(change.kind(), name(), change.from(), change.to(), how, cost);
        return move(change, lastIo, lastHeard, firstRead, firstWrite, longest, text);
    }

    private TimelineView.Move move(
            Change change,
            @Nullable Instant lastIo,
            @Nullable Instant lastHeard,
            @Nullable Instant firstRead,
            @Nullable Instant firstWrite,
            @Nullable Long outage,
            String text) {
        return new TimelineView.Move(
                name(),
                story.disk().role().name().toLowerCase(Locale.ROOT),
                change.kind(),
                change.from(),
                change.to(),
                lastIo,
                lastHeard,
                change.challenged(),
                change.released(),
                change.taken(),
                firstRead,
                firstWrite,
                outage,
                text);
    }

    private String name() {
        return story.disk().name();
    }

    private static String clock(@Nullable Instant time) {
        return time == null ? "" : Sentences.clock(time);
    }
}
