package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code kume cluster list}. */
@Command(name = "list", description = "List all clusters.")
final class ClusterListCommand implements Callable<Integer> {
    private final Invocation invocation;

    ClusterListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.CLUSTERS);
        invocation.printList(
                answer.tree().path("clusters"),
                "There are no clusters. Create one: kume cluster create NAME --node NODE=IQN --disk DISK=SIZE",
                out -> table(answer.as(ClusterView.Listing.class).clusters()).print(out));
        return 0;
    }

    private static Table table(List<ClusterView> clusters) {
        Table table = new Table()
                .column("NAME")
                .number("NODES")
                .number("LOGGED IN")
                .number("DISKS")
                .column("HOLDERS")
                .column("DESCRIPTION");
        for (ClusterView cluster : clusters) {
            table.row(
                    cluster.name(),
                    Integer.toString(cluster.nodes().size()),
                    Long.toString(cluster.nodes().stream()
                            .filter(node -> !node.sessions().isEmpty())
                            .count()),
                    Integer.toString(cluster.disks().size()),
                    cluster.disks().stream()
                            .flatMap(disk -> Stream.ofNullable(disk.holder()))
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", ")),
                    cluster.description());
        }
        return table;
    }
}
