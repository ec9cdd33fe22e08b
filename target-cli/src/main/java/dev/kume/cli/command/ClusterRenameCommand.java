package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterSet;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume cluster rename}. */
@Command(name = "rename", description = "Rename a cluster. Its nodes, disks and targets keep their names.")
final class ClusterRenameCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "NEWNAME", description = "Its new name.")
    private String newName = "";

    ClusterRenameCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().patch(ApiPaths.cluster(name), new ClusterSet(newName, null));
        invocation.printChange(
                answer.tree(),
                () -> "Cluster '" + name + "' is now '"
                        + answer.as(ClusterView.class).name() + "'");
        return 0;
    }
}
