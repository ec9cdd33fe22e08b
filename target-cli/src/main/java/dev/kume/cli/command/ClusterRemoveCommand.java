package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster remove}. */
@Command(
        name = "remove",
        description = {
            "End a cluster: the targets that were made for it go, its disks stay unless told.",
            "Targets that are older than the cluster, or map other disks too, stay without its disks."
        })
final class ClusterRemoveCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Option(names = "--delete-files", description = "Remove its disks too, with their files and all data in them.")
    private boolean deleteFiles;

    ClusterRemoveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ClusterView cluster = invocation.api().get(ApiPaths.cluster(name)).as(ClusterView.class);
        String used = cluster.nodes().stream()
                .filter(node -> !node.sessions().isEmpty())
                .map(node -> node.name() + " (" + node.sessions().getFirst().address() + ")")
                .collect(Collectors.joining(", "));
        String disks = cluster.disks().stream().map(ClusterView.Disk::name).collect(Collectors.joining(", "));
        invocation.confirm("cluster '" + cluster.name() + "'"
                + (used.isEmpty() ? "" : ", to which " + used + " is logged in,") + " would end; "
                + (deleteFiles && !disks.isEmpty()
                        ? "ALL DATA of " + disks + " would be deleted"
                        : "its disks would stay"));
        Answer answer = invocation.removeGuarded(force -> ApiPaths.clusterRemoval(cluster.name(), deleteFiles, force));
        invocation.printChange(
                answer.tree(),
                () -> "Cluster '" + cluster.name() + "' removed; its disks "
                        + (deleteFiles ? "and their files are deleted" : "stay"));
        return 0;
    }
}
