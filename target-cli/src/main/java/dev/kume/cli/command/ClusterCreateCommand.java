package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterCreate;
import dev.kume.cli.api.ClusterDiskAdd;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import dev.kume.core.inventory.ClusterRole;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster create}. */
@Command(
        name = "create",
        description = {
            "Make all that a failover cluster needs, or nothing: disks, a target for each node, who gets in, and LUNs that",
            "are the same on all nodes. Disks that are there are taken in by their names without a size."
        },
        footer = {
            "",
            "Example: kume cluster create HV --node hv-node1=iqn.1991-05.com.microsoft:hv-node1 \\",
            "             --node hv-node2=iqn.1991-05.com.microsoft:hv-node2 --witness quorum=2GB --csv vms=30GB"
        })
final class ClusterCreateCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The cluster's name: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Option(
            names = "--node",
            required = true,
            paramLabel = "NODE[=IQN[,IQN]]",
            description = {
                "A node and its initiator names; may be given several times. Without an IQN, one of the initiators that have",
                "tried is chosen: asked for on a terminal, else the one whose host part is the node's name."
            })
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = "--witness",
            paramLabel = "DISK[=SIZE][@LUN]",
            description = "A disk that is the cluster's vote; it gets the first LUN.")
    private List<String> witnesses = new ArrayList<>();

    @Option(
            names = "--disk",
            paramLabel = "DISK[=SIZE][@LUN]",
            description = "A disk that one node uses at a time; may be given several times.")
    private List<String> disks = new ArrayList<>();

    @Option(
            names = "--csv",
            paramLabel = "DISK[=SIZE][@LUN]",
            description = "A cluster shared volume, which all nodes write; may be given several times.")
    private List<String> volumes = new ArrayList<>();

    @Mixin
    private ClusterDisks files = new ClusterDisks();

    @Mixin
    private ClusterAccess access = new ClusterAccess();

    @Option(names = "--one-target", description = "All nodes log in to one target of the cluster's name.")
    private boolean oneTarget;

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    ClusterCreateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        List<ClusterDiskAdd> all = new ArrayList<>(files.of(ClusterRole.WITNESS, "--witness", witnesses));
        all.addAll(files.of(ClusterRole.DATA, "--disk", disks));
        all.addAll(files.of(ClusterRole.CSV, "--csv", volumes));
        ClusterCreate request = new ClusterCreate(
                name,
                new ClusterNodes(invocation).of(nodes),
                all,
                oneTarget ? Boolean.TRUE : null,
                description,
                access.chap(),
                access.mutual(),
                access.portals());
        Answer accepted = invocation.api().post(ApiPaths.CLUSTERS, request);
        new OperationWait(invocation, "Creating cluster " + name).await(accepted);
        Answer created = invocation.api().get(ApiPaths.cluster(name));
        invocation.print(created.tree(), out -> {
            if (!invocation.quiet()) {
                tell(created.as(ClusterView.class), out);
            }
        });
        return 0;
    }

    private static void tell(ClusterView cluster, PrintStream out) {
        out.println("Cluster '" + cluster.name() + "' created: "
                + Words.count(cluster.nodes().size(), "node") + ", "
                + Words.count(cluster.disks().size(), "disk"));
        out.println();
        ClusterTables.print(cluster, out);
        out.println();
        out.println(
                "Next, on each node: discover this server, and log in to the node's target so that it comes back after a");
        out.println("reboot. Then 'kume cluster show " + cluster.name() + "' tells where from each node is logged in.");
    }
}
