package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster status}. */
@Command(
        name = "status",
        description = "Show who is connected, who owns which disk, and what to do about what is wrong.",
        footer = {"", "Examples: kume cluster status HV", "          kume cluster status HV --watch 5"})
final class ClusterStatusCommand implements Callable<Integer> {
    private static final int SECONDS_MAX = 3_600;

    private final Invocation invocation;

    @Parameters(paramLabel = "CLUSTER", description = "The cluster's name.")
    private String name = "";

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            arity = "0..1",
            fallbackValue = "2",
            description = "Show it again every so many seconds (default 2) until Ctrl-C.")
    private @Nullable Integer watchSeconds;

    ClusterStatusCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Integer seconds = watchSeconds;
        if (seconds == null) {
            show(invocation.api().get(ApiPaths.clusterStatus(name)));
            return 0;
        }
        if (seconds < 1 || seconds > SECONDS_MAX) {
            throw new CliException(
                    ExitCode.USAGE, "--watch %d is not from 1 to %d seconds".formatted(seconds, SECONDS_MAX));
        }
        return new ClusterWatch(invocation, name, seconds).run();
    }

    private void show(Answer answer) {
        invocation.print(
                answer.tree(),
                out -> ClusterScreen.lines(answer.as(ClusterStatusView.class)).forEach(out::println));
    }
}
