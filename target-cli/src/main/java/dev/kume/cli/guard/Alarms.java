package dev.kume.cli.guard;

import dev.kume.core.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The alarms of the moment, the oldest first. Each is one line of the log when it begins and one when it is over; an
 * alarm that comes and goes is written once a minute. Thread safe, and bounded whatever hosts do.
 */
public final class Alarms {
    /** More at once would be read by nobody. */
    static final int ALARMS_MAX = 1_000;

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Clock clock;
    private final Consumer<String> begun;
    private final Consumer<String> over;
    private final Map<Alarm.Key, Alarm> standing = new LinkedHashMap<>();

    /** When a line was last written about what; bounded as the alarms are. */
    private final LinkedHashMap<Alarm.Key, Long> written = new LinkedHashMap<>();

    /**
     * @param begun gets a line for an alarm that begins
     * @param over  gets a line for one that is over
     */
    public Alarms(Clock clock, Consumer<String> begun, Consumer<String> over) {
        this.clock = clock;
        this.begun = begun;
        this.over = over;
    }

    /** Raises an alarm, or says what stands in other words; it has begun when it was first raised. */
    public synchronized void raise(Alarm.Key key, String text, String remedy) {
        Alarm before = standing.get(key);
        Instant since = before == null ? clock.now() : before.since();
        if (before == null && standing.size() >= ALARMS_MAX) {
            return;
        }
        standing.put(key, new Alarm(key, text, remedy, since));
        if (before == null && mayWrite(key)) {
            begun.accept(text + "; " + remedy);
        }
    }

    /** What was wrong is over; nothing happens when nothing was. */
    public synchronized void clear(Alarm.Key key) {
        Alarm gone = standing.remove(key);
        if (gone != null && mayWrite(new Alarm.Key(key.kind(), key.disk(), key.host() + " over"))) {
            over.accept("no more: " + gone.text());
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

    private boolean mayWrite(Alarm.Key line) {
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
