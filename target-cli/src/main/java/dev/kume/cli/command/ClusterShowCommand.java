package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume cluster show}. */
@Command(name = "show", description = "Show one cluster: its nodes, their targets and sessions, and its disks.")
final class ClusterShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    ClusterShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.cluster(name));
        invocation.print(answer.tree(), out -> {
            ClusterView cluster = answer.as(ClusterView.class);
            new Facts()
                    .add("name", cluster.name())
                    .add("description", cluster.description())
                    .add("targets", cluster.oneTarget() ? "one for all nodes" : "one for each node")
                    .add("created", cluster.created().toString())
                    .print(out);
            out.println();
            ClusterTables.print(cluster, out);
        });
        return 0;
    }
}
