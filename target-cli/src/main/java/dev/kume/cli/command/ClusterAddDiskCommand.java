package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterDiskAdd;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.client.Answer;
import dev.kume.core.inventory.ClusterRole;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster add-disk}. */
@Command(
        name = "add-disk",
        description =
                "Add a disk to a cluster, a new one or one that is there: mapped into the targets of all nodes, at one"
                        + " LUN.",
        footer = {"", "Example: kume cluster add-disk HV csv2=1TB --role csv --format vhdx --type dynamic"})
final class ClusterAddDiskCommand implements Callable<Integer> {
    /** The roles there are, as they are typed. */
    enum Role {
        witness,
        data,
        csv
    }

    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "DISK[=SIZE][@LUN]",
            description =
                    "The disk; with a size it is made. Without a LUN it gets the lowest that is free on all nodes.")
    private String disk = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "What the cluster uses it for: ${COMPLETION-CANDIDATES} (default: data).")
    private Role role = Role.data;

    @Mixin
    private ClusterDisks files = new ClusterDisks();

    ClusterAddDiskCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ClusterDiskAdd added = files.of(ClusterRole.ofWord(role.name()), "DISK", disk);
        String diskName = String.valueOf(added.name());
        Answer accepted = invocation
                .api()
                .put(
                        ApiPaths.clusterDisk(name, diskName),
                        new ClusterDiskAdd(
                                null,
                                added.role(),
                                added.lun(),
                                added.size(),
                                added.file(),
                                added.format(),
                                added.type(),
                                added.sparse()));
        new OperationWait(invocation, "Adding " + diskName).await(accepted);
        Answer answer = invocation.api().get(ApiPaths.cluster(name));
        invocation.printChange(answer.tree(), () -> {
            ClusterView cluster = answer.as(ClusterView.class);
            String lun = cluster.disks().stream()
                    .filter(each -> each.name().equalsIgnoreCase(diskName))
                    .map(each -> " at LUN " + each.lun() + " of all nodes")
                    .findFirst()
                    .orElse("");
            return "Disk '" + diskName + "' is in cluster '" + cluster.name() + "'" + lun;
        });
        return 0;
    }
}
