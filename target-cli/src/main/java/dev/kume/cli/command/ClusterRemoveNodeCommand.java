package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume cluster remove-node}. */
@Command(
        name = "remove-node",
        description = {
            "Take a node out of a cluster: its target goes, with its sessions. One that is logged in, or holds a disk, is",
            "named and needs --yes."
        })
final class ClusterRemoveNodeCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "NODE", description = "The node's name.")
    private String node = "";

    ClusterRemoveNodeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.removeGuarded(force -> ApiPaths.clusterNodeRemoval(name, node, force));
        invocation.printChange(
                answer.tree(),
                () -> "Node '" + node + "' is no longer in cluster '"
                        + answer.as(ClusterView.class).name() + "'");
        return 0;
    }
}
