package dev.kume.cli.alarm;

import dev.kume.core.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The alarms of the moment, the oldest first. Each is one line of the log when it begins and one when it is over; an
 * alarm that comes and goes is written once a minute. Thread safe, and bounded whatever hosts do.
 *
 * <p>A part of the server that does not work while disks are served says so, as often as it likes and on whatever
 * thread but an event loop's, and takes it back when it works again:
 *
 * <pre>{@code
 * Alarm.Key key = Alarm.Key.server("metrics port 127.0.0.1:9326");
 * alarms.raise(key, "metrics cannot be read: 127.0.0.1:9326 is taken by another process", "free it, or ...");
 * alarms.clear(key);
 * }</pre>
 *
 * <p>The text is one line that names the thing and the place; the remedy is one that says what to do.
 */
public final class Alarms {
    /** Of one kind: more at once would be read by nobody, and one kind must not keep out another. */
    static final int ALARMS_MAX = 1_000;

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Clock clock;
    private final AlarmListener listener;
    private final Map<Alarm.Key, Alarm> standing = new LinkedHashMap<>();
    private final Map<Alarm.Kind, Integer> counts = new EnumMap<>(Alarm.Kind.class);

    /** When a line was last written about what; bounded as the alarms are. */
    private final LinkedHashMap<Line, Long> written = new LinkedHashMap<>();

    private record Line(Alarm.Key key, boolean over) {}

    /** @param listener hears of an alarm that begins and of one that is over, not more often than once a minute each */
    public Alarms(Clock clock, AlarmListener listener) {
        this.clock = clock;
        this.listener = listener;
    }

    /** Raises an alarm, or says what stands in other words; it has begun when it was first raised. */
    public synchronized void raise(Alarm.Key key, String text, String remedy) {
        Alarm before = standing.get(key);
        if (before == null && counts.getOrDefault(key.kind(), 0) >= ALARMS_MAX) {
            return;
        }
        Alarm now = new Alarm(key, text, remedy, before == null ? clock.now() : before.since());
        standing.put(key, now);
        if (before == null) {
            counts.merge(key.kind(), 1, Integer::sum);
            if (mayWrite(new Line(key, false))) {
                listener.begun(now);
            }
        }
    }

    /** What was wrong is over; nothing happens when nothing was. */
    public synchronized void clear(Alarm.Key key) {
        Alarm gone = standing.remove(key);
        if (gone != null) {
            counts.merge(key.kind(), -1, Integer::sum);
            if (mayWrite(new Line(key, true))) {
                listener.over(gone);
            }
        }
    }

    /** Clears those that the predicate accepts. */
    public void clear(Predicate<Alarm.Key> which) {
        list().stream().map(Alarm::key).filter(which).forEach(this::clear);
    }

    /** All that stand, the oldest first. */
    public synchronized List<Alarm> list() {
        return new ArrayList<>(standing.values());
    }

    private boolean mayWrite(Line line) {
        long nowNanos = clock.nanoTime();
        Long before = written.get(line);
        if (before != null && nowNanos - before < QUIET_NANOS) {
            return false;
        }
        written.remove(line);
        written.put(line, nowNanos);
        if (written.size() > ALARMS_MAX) {
            written.pollFirstEntry();
        }
        return true;
    }
}
