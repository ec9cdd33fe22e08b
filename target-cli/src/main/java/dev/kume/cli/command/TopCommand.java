package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.top.SortKey;
import dev.kume.cli.top.View;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume top}. */
@Command(
        name = "top",
        description = "Watch what disks, sessions or nodes do: commands, bytes, latency, queue, owner.",
        footer = {
            "",
            "Keys: d, s, n choose disks, sessions or nodes; i, b, l, p, u, e, o, a sort; r reverses; q quits.",
            "Examples: kume top",
            "          kume top --by node --sort bytes",
            "          kume top --batch 3 --interval 5",
            "          kume top --once -o json"
        })
final class TopCommand implements Callable<Integer> {
    private static final int SECONDS_MAX = 3_600;
    private static final int BATCH_MAX = 1_000_000;

    private final Invocation invocation;

    @Option(names = "--by", paramLabel = "WHAT", description = "disk (the default), session or node.")
    private View by = View.DISK;

    @Option(
            names = "--sort",
            paramLabel = "KEY",
            description = "iops (the default), bytes, latency, p99, queue, errors, owner or name.")
    private SortKey sort = SortKey.IOPS;

    @Option(names = "--reverse", description = "The smallest first.")
    private boolean reverse;

    @Option(names = "--interval", paramLabel = "SECONDS", description = "Between two looks (default 2).")
    private int interval = 2;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Print so many looks as plain tables, and end; without a terminal it goes on until Ctrl-C.")
    private @Nullable Integer batch;

    @Option(names = "--once", description = "The same as --batch 1.")
    private boolean once;

    TopCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Integer looks = once ? Integer.valueOf(1) : batch;
        if (interval < 1 || interval > SECONDS_MAX) {
            throw new CliException(
                    ExitCode.USAGE, "--interval %d is not from 1 to %d seconds".formatted(interval, SECONDS_MAX));
        }
        if (looks != null && (looks < 1 || looks > BATCH_MAX)) {
            throw new CliException(ExitCode.USAGE, "--batch %d is not from 1 to %d".formatted(looks, BATCH_MAX));
        }
        TopSource source = new TopSource(invocation);
        // One that calls itself dumb would show what drives other terminals.
        boolean dumb = "dumb".equals(invocation.environment().variables().get("TERM"));
        boolean live = looks == null && invocation.terminal().interactive() && !dumb && invocation.printsTables();
        if (live) {
            return new TopLive(invocation, source, interval, by, sort, reverse).run();
        }
        return new TopBatch(invocation, source, interval, by, sort, reverse).run(looks);
    }
}
