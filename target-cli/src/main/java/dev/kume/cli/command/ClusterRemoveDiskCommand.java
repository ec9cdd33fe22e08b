package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume cluster remove-disk}. */
@Command(
        name = "remove-disk",
        description = {
            "Take a disk out of a cluster: no node sees it any more, and it stays. One that nodes may be using is named with",
            "its users and needs --yes."
        })
final class ClusterRemoveDiskCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    ClusterRemoveDiskCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.removeGuarded(force -> ApiPaths.clusterDiskRemoval(name, disk, force));
        invocation.printChange(
                answer.tree(),
                () -> "Disk '" + disk + "' is no longer in cluster '"
                        + answer.as(ClusterView.class).name() + "'; it stays, mapped by none of its nodes");
        return 0;
    }
}
