package dev.kume.cli.alarm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Alarms stand until they are over, and are written to the log so that it can be read. */
final class AlarmsTest {
    private final AlarmLines lines = new AlarmLines();
    private long nowNanos;
    private final Alarms alarms = new Alarms(
            new Clock() {
                @Override
                public long nanoTime() {
                    return nowNanos;
                }

                @Override
                public Instant now() {
                    return Instant.EPOCH.plusNanos(nowNanos);
                }
            },
            lines);

    private static Alarm.Key key(int disk, String host) {
        return Alarm.Key.disk(Alarm.Kind.HOST_REFUSED, new UUID(0, disk), host);
    }

    @Test
    void oneStandsAndIsWrittenOnceWhateverItsWordsBecome() {
        alarms.raise(key(1, "b"), "b is refused", "log it out");
        nowNanos = TimeUnit.SECONDS.toNanos(5);
        alarms.raise(key(1, "b"), "b is refused by a", "log it out");
        assertEquals(List.of(new Alarm(key(1, "b"), "b is refused by a", "log it out", Instant.EPOCH)), alarms.list());
        assertEquals(List.of("begun b is refused; log it out"), lines.all());
        alarms.clear(key(1, "b"));
        alarms.clear(key(1, "b"));
        assertEquals(List.of(), alarms.list());
        assertEquals(List.of("begun b is refused; log it out", "over b is refused by a"), lines.all());
    }

    @Test
    void oneThatComesAndGoesIsWrittenOnceAMinute() {
        for (int second = 0; second < 180; second++) {
            nowNanos = TimeUnit.SECONDS.toNanos(second);
            alarms.raise(key(1, "b"), "refused", "log out");
            alarms.clear(key(1, "b"));
        }
        assertEquals(6, lines.all().size(), () -> lines.all().toString());
    }

    @Test
    void aFloodIsBounded() {
        for (int i = 0; i < 100_000; i++) {
            alarms.raise(key(i, "b"), "refused", "log out");
        }
        assertEquals(Alarms.ALARMS_MAX, alarms.list().size());
        assertEquals(Alarms.ALARMS_MAX, lines.all().size());
        Alarm.Key server = Alarm.Key.server("audit log");
        alarms.raise(server, "no room for the audit log", "make room");
        assertEquals(server, alarms.list().getLast().key());
        alarms.clear(key -> true);
        assertEquals(List.of(), alarms.list());
    }
}
