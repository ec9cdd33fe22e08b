package dev.kume.protocol.connection;

import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.event.EventSink;
import dev.kume.protocol.event.ServerEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes refused logins down so that they can be read: the first of a kind at once and in full, the like of it summed
 * up in one line when the burst is over, or now and then while it goes on. Thread safe.
 */
final class RefusalLog {
    /** A burst that does not end gets a line this often, in windows. */
    private static final int WINDOWS_PER_SUMMARY = 10;

    /** Lines in one window, whatever names a flood of logins comes under. */
    private static final int LINES_PER_WINDOW = 60;

    private static final int BURSTS_MAX = 1_000;

    private static final class Burst {
        private Instant since;
        private long sinceNanos;
        private long lastNanos;
        private long repeats;

        Burst(Instant since, long nowNanos) {
            this.since = since;
            sinceNanos = nowNanos;
            lastNanos = nowNanos;
        }
    }

    private final Clock clock;
    private final EventSink out;
    private final long windowNanos;
    private final LinkedHashMap<LoginRefusal, Burst> bursts = new LinkedHashMap<>(16, 0.75f, true);
    private long windowStartNanos;
    private int linesInWindow;
    private long unwritten;

    RefusalLog(Clock clock, Limits limits, EventSink out) {
        this.clock = clock;
        this.out = out;
        windowNanos = TimeUnit.SECONDS.toNanos(limits.get(Limit.LOGIN_FAILURE_WINDOW_SECONDS));
        windowStartNanos = clock.nanoTime();
    }

    /** @param hints what to do about it, asked only when the line is written */
    synchronized void refused(LoginRefusal refusal, RefusalHints hints) {
        long nowNanos = clock.nanoTime();
        Burst known = bursts.get(refusal);
        if (known != null && nowNanos - known.lastNanos <= windowNanos) {
            known.repeats++;
            known.lastNanos = nowNanos;
            return;
        }
        if (known != null) {
            summarise(refusal, known);
        }
        bursts.put(refusal, new Burst(clock.now(), nowNanos));
        if (bursts.size() > BURSTS_MAX) {
            var eldest = bursts.firstEntry();
            summarise(eldest.getKey(), eldest.getValue());
            bursts.remove(eldest.getKey());
        }
        String remedy = hints.remedy(refusal);
        write(
                ServerEvent.LOGIN_REFUSED,
                who(refusal),
                refusal.address().getHostAddress(),
                what(refusal),
                refusal.status(),
                refusal.reason(),
                remedy == null ? "" : "; " + remedy);
    }

    /** Looks at time: now and then. */
    synchronized void tick() {
        long nowNanos = clock.nanoTime();
        if (nowNanos - windowStartNanos > windowNanos) {
            nextWindow(nowNanos);
        }
        bursts.entrySet().removeIf(each -> {
            Burst burst = each.getValue();
            boolean over = nowNanos - burst.lastNanos > windowNanos;
            if (over || nowNanos - burst.sinceNanos > WINDOWS_PER_SUMMARY * windowNanos) {
                summarise(each.getKey(), burst);
                burst.since = clock.now();
                burst.sinceNanos = nowNanos;
                burst.repeats = 0;
            }
            return over;
        });
    }

    /** The server ends: nothing that was counted is lost. */
    synchronized void close() {
        bursts.forEach(this::summarise);
        bursts.clear();
        nextWindow(clock.nanoTime());
    }

    private void summarise(LoginRefusal refusal, Burst burst) {
        if (burst.repeats > 0) {
            write(
                    ServerEvent.LOGIN_REFUSED_AGAIN,
                    burst.repeats,
                    burst.since.truncatedTo(ChronoUnit.SECONDS),
                    who(refusal),
                    refusal.address().getHostAddress(),
                    what(refusal),
                    refusal.status(),
                    refusal.reason());
        }
    }

    private static String who(LoginRefusal refusal) {
        return Objects.requireNonNullElse(refusal.initiatorName(), "an initiator without a name");
    }

    private static String what(LoginRefusal refusal) {
        return Objects.requireNonNullElse(refusal.targetName(), "discovery");
    }

    private void write(ServerEvent event, @Nullable Object... values) {
        if (linesInWindow < LINES_PER_WINDOW) {
            linesInWindow++;
            out.event(event, values);
        } else {
            unwritten++;
        }
    }

    private void nextWindow(long nowNanos) {
        windowStartNanos = nowNanos;
        linesInWindow = 0;
        if (unwritten > 0) {
            out.event(ServerEvent.LOGIN_REFUSALS_LEFT_OUT, unwritten);
            unwritten = 0;
        }
    }
}
