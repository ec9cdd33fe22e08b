package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.terminal.Screen;
import dev.kume.cli.top.Load;
import dev.kume.cli.top.Rates;
import dev.kume.cli.top.Sample;
import dev.kume.cli.top.SortKey;
import dev.kume.cli.top.TopScreen;
import dev.kume.cli.top.View;
import dev.kume.core.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code kume top} with somebody in front of it: drawn in place, and obeying keys at once. */
final class TopLive {
    private static final long END_SECONDS = 2;

    /** There are rates from the second look on, and nobody waits long for the first ones. */
    private static final long FIRST_MILLIS = 500;

    private final Invocation invocation;
    private final TopSource source;
    private final int seconds;
    private final Clock clock;
    private final Map<View, Rates> rates = new EnumMap<>(View.class);
    private final Map<View, List<Load>> loads = new EnumMap<>(View.class);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean stop;
    private View view;
    private SortKey sort;
    private boolean reversed;
    private Sample last;
    private @Nullable Instant awaySince;
    private String away = "";

    TopLive(Invocation invocation, TopSource source, int seconds, View view, SortKey sort, boolean reversed) {
        this.invocation = invocation;
        this.source = source;
        this.seconds = seconds;
        this.clock = invocation.environment().clock();
        this.view = view;
        this.sort = sort;
        this.reversed = reversed;
        for (View each : View.values()) {
            rates.put(each, new Rates());
        }
        // A daemon that is not there at all is an error of the command, and no screen.
        this.last = source.sample();
    }

    int run() {
        Screen screen = invocation.terminal().screen();
        Interrupts.Registration registration =
                invocation.environment().interrupts().onInterrupt(() -> interrupted(screen));
        try (screen) {
            count(last);
            long waitMillis = FIRST_MILLIS;
            boolean goOn = true;
            while (goOn && !stop) {
                draw(screen);
                goOn = obey(screen, waitMillis);
                look();
                waitMillis = TimeUnit.SECONDS.toMillis(seconds);
            }
            return 0;
        } finally {
            ended.complete(null);
            registration.end();
        }
    }

    /** On the thread of the interrupt: the terminal is given back before the process ends, whatever the other does. */
    private void interrupted(Screen screen) {
        stop = true;
        try {
            ended.get(END_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            screen.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        if (stop) {
            return;
        }
        try {
            last = source.sample();
            awaySince = null;
            count(last);
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.UNREACHABLE) {
                throw e;
            }
            if (awaySince == null) {
                awaySince = clock.now();
                rates.values().forEach(Rates::forget);
            }
            away = String.valueOf(e.getMessage());
        }
    }

    private void count(Sample sample) {
        rates.forEach((each, rate) -> loads.put(each, rate.look(sample.meters(each), sample.takenNanos())));
    }

    /** Until it is time for the next look; false when nobody wants one. */
    private boolean obey(Screen screen, long waitMillis) {
        long untilNanos = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        while (!stop) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - clock.nanoTime());
            if (leftMillis <= 0) {
                return true;
            }
            int key = screen.key(leftMillis);
            if (key == 'q' || key == Screen.END) {
                return false;
            }
            if (key == ' ') {
                return true;
            }
            if (key == Screen.RESIZED || chosen(key)) {
                draw(screen);
            }
        }
        return false;
    }

    private boolean chosen(int key) {
        SortKey by = SortKey.ofKey(key);
        if (by != null) {
            sort = by;
            return true;
        }
        switch (key) {
            case 'd' -> view = View.DISK;
            case 's' -> view = View.SESSION;
            case 'n' -> view = View.NODE;
            case 'r' -> reversed = !reversed;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void draw(Screen screen) {
        int rows = screen.rows();
        List<Load> shown = loads.getOrDefault(view, List.of());
        List<String> title = List.of(title(), second(shown));
        screen.draw(
                new TopScreen(view, sort, reversed).screen(title, shown, rows, screen.columns()),
                TopScreen.headerLine(title));
    }

    private String title() {
        String alarms = last.alarms() == 0
                ? "no alarms"
                : Words.count(last.alarms(), "alarm")
                        + (last.critical() == 0 ? "" : ", " + last.critical() + " CRITICAL");
        return "kume top - %s, %s, up %s - %s UTC - %s"
                .formatted(
                        last.server(),
                        last.state(),
                        Ages.of(last.uptimeSeconds()),
                        clock.now().truncatedTo(ChronoUnit.SECONDS).toString().substring(11, 19),
                        alarms);
    }

    private String second(List<Load> shown) {
        Instant since = awaySince;
        if (since != null) {
            return "UNREACHABLE since %s UTC: %s"
                    .formatted(since.truncatedTo(ChronoUnit.SECONDS).toString().substring(11, 19), away);
        }
        return "%s by %s%s: %s"
                .formatted(
                        Words.count(shown.size(), view.toString()),
                        sort,
                        reversed ? " reversed" : "",
                        TopScreen.total(shown));
    }
}
