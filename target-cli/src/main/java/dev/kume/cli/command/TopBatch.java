package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.TopView;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.top.Load;
import dev.kume.cli.top.Rates;
import dev.kume.cli.top.Sample;
import dev.kume.cli.top.SortKey;
import dev.kume.cli.top.TopScreen;
import dev.kume.cli.top.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code kume top} for scripts and pipes: one table or document after the other, nothing that drives a terminal. */
final class TopBatch {
    private final Invocation invocation;
    private final TopSource source;
    private final int seconds;
    private final View view;
    private final TopScreen screen;
    private final Rates rates = new Rates();
    private boolean printed;

    TopBatch(Invocation invocation, TopSource source, int seconds, View view, SortKey sort, boolean reversed) {
        this.invocation = invocation;
        this.source = source;
        this.seconds = seconds;
        this.view = view;
        this.screen = new TopScreen(view, sort, reversed);
    }

    /** @param looks how many; null until the process is told to stop */
    int run(@Nullable Integer looks) {
        try (Repetition repetition = new Repetition(invocation.environment().interrupts())) {
            Sample first = source.sample();
            rates.look(first.meters(view), first.takenNanos());
            boolean read = true;
            for (int i = 0; (looks == null || i < looks) && read && !repetition.isStoppedWithin(seconds); i++) {
                Sample sample = sample();
                read = sample == null || print(sample);
            }
            return 0;
        }
    }

    /** Null while the daemon is away, of which one line tells. */
    private @Nullable Sample sample() {
        try {
            return source.sample();
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.UNREACHABLE) {
                throw e;
            }
            rates.forget();
            invocation.terminal().err().println("kume: " + e.getMessage());
            return null;
        }
    }

    /** False when nobody reads any more, as when {@code head} has had its lines. */
    private boolean print(Sample sample) {
        List<Load> loads = rates.look(sample.meters(view), sample.takenNanos());
        invocation.print(document(sample, loads), out -> {
            out.print(printed ? "\n" : "");
            screen.whole(loads).forEach(out::println);
        });
        printed = true;
        return invocation.terminal().flush();
    }

    private JsonNode document(Sample sample, List<Load> loads) {
        return ApiJson.lenient()
                .valueToTree(new TopView(
                        invocation.environment().clock().now(),
                        view.toString(),
                        sample.alarms(),
                        screen.sorted(loads).stream().map(TopBatch::row).toList()));
    }

    private static TopView.Row row(Load load) {
        return new TopView.Row(
                load.name(),
                load.about(),
                known(load.readsPerSecond()),
                known(load.writesPerSecond()),
                known(load.readBytesPerSecond()),
                known(load.writtenBytesPerSecond()),
                known(load.queueMillis()),
                known(load.serviceMillis()),
                known(load.percentile99Millis()),
                load.depth(),
                load.errors());
    }

    private static @Nullable Double known(double number) {
        return Double.isNaN(number) ? null : number;
    }
}
