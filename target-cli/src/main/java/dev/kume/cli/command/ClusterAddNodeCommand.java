package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterCreate;
import dev.kume.cli.api.ClusterNodeAdd;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kume cluster add-node}. */
@Command(
        name = "add-node",
        description = "Add a node to a cluster: its target, with all disks of the cluster at the LUNs that they have.",
        footer = {"", "Example: kume cluster add-node HV hv-node3=iqn.1991-05.com.microsoft:hv-node3"})
final class ClusterAddNodeCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "NODE[=IQN[,IQN]]",
            description = "The node and its initiator names; without one, it is chosen as by cluster create.")
    private String node = "";

    @Mixin
    private ClusterAccess access = new ClusterAccess();

    ClusterAddNodeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ClusterCreate.Node added =
                new ClusterNodes(invocation).of(List.of(node)).getFirst();
        String nodeName = String.valueOf(added.name());
        Answer answer = invocation
                .api()
                .put(
                        ApiPaths.clusterNode(name, nodeName),
                        new ClusterNodeAdd(added.iqns(), access.chap(), access.mutual(), access.portals()));
        invocation.printChange(answer.tree(), () -> {
            ClusterView cluster = answer.as(ClusterView.class);
            return "Node '" + nodeName + "' is in cluster '" + cluster.name() + "' and sees "
                    + Words.count(cluster.disks().size(), "disk") + " on target "
                    + cluster.nodes().getLast().targetIqn();
        });
        return 0;
    }
}
