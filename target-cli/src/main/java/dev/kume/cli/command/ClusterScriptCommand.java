package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.script.NodeScripts;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster script}. */
@Command(
        name = "script",
        description = "Print the script that connects the nodes to their storage and forms the cluster.",
        footer = {
            "",
            "Examples: kume cluster script HV --powershell > HV.ps1",
            "          kume cluster script HV --bash --node hv-node1 > HV.sh"
        })
final class ClusterScriptCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "CLUSTER", description = "The cluster's name.")
    private String name = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Language language = new Language();

    private static final class Language {
        @Option(names = "--powershell", description = "For Windows: MPIO, the iSCSI initiator, Failover Clustering.")
        private boolean powershell;

        @Option(names = "--bash", description = "For Linux: open-iscsi, multipath, pacemaker with fence_scsi.")
        private boolean bash;
    }

    @Option(names = "--node", paramLabel = "NODE", description = "For this node alone; the script refuses others.")
    private @Nullable String node;

    ClusterScriptCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ClusterStatusView cluster =
                invocation.api().get(ApiPaths.clusterStatus(name)).as(ClusterStatusView.class);
        if (cluster.portals().isEmpty()) {
            throw new CliException(
                    ExitCode.FAILED,
                    "no portal is open, so a script would lead nowhere; name an address under portals in kume.yaml,"
                            + " then: kume service reload");
        }
        assert language.powershell != language.bash;
        String only = node == null ? null : nodeOf(cluster, node);
        String script = language.powershell ? NodeScripts.powershell(cluster, only) : NodeScripts.bash(cluster, only);
        invocation.terminal().out().print(script);
        return 0;
    }

    private static String nodeOf(ClusterStatusView cluster, String given) {
        List<String> names = cluster.nodes().stream().map(Node::name).toList();
        return names.stream()
                .filter(given::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCode.NOT_FOUND,
                        "cluster '%s' has no node '%s'; it has %s"
                                .formatted(cluster.cluster(), given, String.join(", ", names))));
    }
}
