package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.client.Answer;
import java.util.List;
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
        String path = ApiPaths.clusterStatus(name);
        Integer seconds = watchSeconds;
        if (seconds != null) {
            return new ScreenWatch(invocation, path, ClusterStatusCommand::lines, seconds).run();
        }
        Answer answer = invocation.api().get(path);
        invocation.print(answer.tree(), out -> lines(answer).forEach(out::println));
        return 0;
    }

    private static List<String> lines(Answer answer) {
        return ClusterScreen.lines(answer.as(ClusterStatusView.class));
    }
}
