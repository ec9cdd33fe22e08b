package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiJson;
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
            look(source.sample(), false);
            for (int i = 0; (looks == null || i < looks) && !repetition.isStoppedWithin(seconds); i++) {
                Sample sample = sample();
                if (sample != null) {
                    look(sample, true);
                }
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

    private void look(Sample sample, boolean shown) {
        List<Load> loads = rates.look(sample.meters(view), sample.takenNanos());
        if (!shown) {
            return;
        }
        invocation.print(document(sample, loads), out -> {
            out.print(printed ? "\n" : "");
            screen.whole(loads).forEach(out::println);
        });
        invocation.terminal().flush();
        printed = true;
    }

    private JsonNode document(Sample sample, List<Load> loads) {
        return ApiJson.lenient()
                .valueToTree(new TopOutput(
                        invocation.environment().clock().now(),
                        view.toString(),
                        sample.alarms(),
                        screen.sorted(loads).stream().map(TopOutput.Row::of).toList()));
    }
}
