package dev.kume.cli.command;

import dev.kume.cli.api.ClusterView;
import dev.kume.cli.output.Table;
import java.io.PrintStream;
import java.util.stream.Collectors;

/** A cluster for people: its nodes and its disks. */
final class ClusterTables {
    private ClusterTables() {}

    static void print(ClusterView cluster, PrintStream out) {
        Table nodes = new Table()
                .column("NODE")
                .column("INITIATOR")
                .column("TARGET")
                .column("TARGET IQN")
                .column("LOGGED IN FROM");
        for (ClusterView.Node node : cluster.nodes()) {
            nodes.row(
                    node.name(),
                    String.join(", ", node.iqns()),
                    node.target(),
                    node.targetIqn(),
                    node.sessions().stream()
                            .map(ClusterView.Session::address)
                            .distinct()
                            .collect(Collectors.joining(", ")));
        }
        nodes.print(out);
        if (cluster.disks().isEmpty()) {
            return;
        }
        out.println();
        Table disks = new Table()
                .number("LUN")
                .column("DISK")
                .column("ROLE")
                .number("SIZE")
                .column("STATUS")
                .column("HOLDER")
                .column("REGISTERED");
        for (ClusterView.Disk disk : cluster.disks()) {
            disks.row(
                    Integer.toString(disk.lun()),
                    disk.name(),
                    disk.role(),
                    disk.size(),
                    disk.status(),
                    Invocation.orEmpty(disk.holder()),
                    String.join(", ", disk.registered()));
        }
        disks.print(out);
    }
}
