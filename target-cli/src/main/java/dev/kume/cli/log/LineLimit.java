package dev.kume.cli.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Keeps a log readable: of lines alike - one event about one subject - the first few of a minute are written, and the
 * rest is one line with their number. All lines of one event have a bound as well, whatever names they come under.
 * Critical lines pass always. Thread safe, and bounded.
 */
final class LineLimit {
    static final int LINES_OF_A_SUBJECT = 10;
    static final int LINES_OF_AN_EVENT = 300;
    static final int WINDOWS_MAX = 2_000;
    private static final long WINDOW_SECONDS = 60;

    /** In place of a subject: all that an event has. */
    private static final String ALL = "\n";

    private record Key(String id, String subject) {}

    private static final class Window {
        private final Instant since;
        private final int linesMax;
        private int written;
        private long left;

        Window(Instant since, int linesMax) {
            this.since = since;
            this.linesMax = linesMax;
        }

        /** Also after a jump of the clock, forth or back. */
        boolean isOver(Instant now) {
            return Math.abs(ChronoUnit.SECONDS.between(since, now)) >= WINDOW_SECONDS;
        }
    }

    /** Of one subject each, the oldest first. */
    private final LinkedHashMap<Key, Window> windows = new LinkedHashMap<>();

    /** Of all subjects of an event: as many as there are events. */
    private final LinkedHashMap<Key, Window> events = new LinkedHashMap<>();

    /** The last line left out of a window, by its key; only of those that have left one out. */
    private final Map<Key, LogLine> last = new LinkedHashMap<>();

    /** Sums of windows that had to make room. */
    private final List<LogLine> early = new ArrayList<>();

    /** True when the line is to be written. */
    synchronized boolean admits(LogLine line) {
        if (line.isCritical()) {
            return true;
        }
        boolean one = admits(windows, new Key(line.id(), line.subject()), LINES_OF_A_SUBJECT, line);
        // What its subject keeps out does not count against the others.
        return one && admits(events, new Key(line.id(), ALL), LINES_OF_AN_EVENT, line);
    }

    private boolean admits(SequencedMap<Key, Window> windows, Key key, int linesMax, LogLine line) {
        Window window = windows.get(key);
        if (window == null || (window.isOver(line.time()) && window.left == 0)) {
            windows.remove(key);
            window = new Window(line.time(), linesMax);
            windows.put(key, window);
            if (windows.size() > WINDOWS_MAX) {
                makeRoom(windows, line.time());
            }
        }
        if (window.written < window.linesMax) {
            window.written++;
            return true;
        }
        window.left++;
        last.put(key, line);
        return false;
    }

    private void makeRoom(SequencedMap<Key, Window> windows, Instant now) {
        Map.Entry<Key, Window> eldest = windows.pollFirstEntry();
        LogLine line = last.remove(eldest.getKey());
        if (line != null && early.size() < WINDOWS_MAX) {
            early.add(sum(now, eldest.getValue(), line));
        }
    }

    /** Sums of what was left out, of windows that are over or had to make room; to be asked for once a second. */
    synchronized List<LogLine> sums(Instant now) {
        return sums(now, false);
    }

    /** Sums of all that was left out: nothing is written any more. */
    synchronized List<LogLine> rest(Instant now) {
        return sums(now, true);
    }

    private List<LogLine> sums(Instant now, boolean all) {
        List<LogLine> sums = new ArrayList<>(early);
        early.clear();
        addSums(windows, now, all, sums);
        addSums(events, now, all, sums);
        return sums;
    }

    private void addSums(SequencedMap<Key, Window> windows, Instant now, boolean all, List<LogLine> sums) {
        Iterator<Map.Entry<Key, Window>> each = windows.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Key, Window> entry = each.next();
            if (all || entry.getValue().isOver(now)) {
                each.remove();
                LogLine line = last.remove(entry.getKey());
                if (line != null) {
                    sums.add(sum(now, entry.getValue(), line));
                }
            }
        }
    }

    private static LogLine sum(Instant now, Window window, LogLine line) {
        return LogLine.of(
                        now,
                        ServiceEvent.MORE_LIKE_THIS,
                        window.left,
                        line.id(),
                        window.since.truncatedTo(ChronoUnit.SECONDS),
                        line.message())
                .withLevel(line.level());
    }
}
