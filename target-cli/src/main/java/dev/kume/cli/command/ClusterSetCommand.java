package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterSet;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster set}. */
@Command(name = "set", description = "Change what is noted about a cluster.")
final class ClusterSetCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Option(names = "--description", required = true, paramLabel = "TEXT", description = "A note for people.")
    private String description = "";

    ClusterSetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().patch(ApiPaths.cluster(name), new ClusterSet(null, description));
        invocation.printChange(
                answer.tree(), () -> "Cluster '" + answer.as(ClusterView.class).name() + "' changed");
        return 0;
    }
}
