package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SnapshotView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import dev.kume.core.Sizes;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume snapshot list}. */
@Command(name = "list", description = "List the snapshots of a disk, or of all, the oldest first.")
final class SnapshotListCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(arity = "0..1", paramLabel = "DISK", description = "The disk's name (default: all disks).")
    private @Nullable String disk;

    SnapshotListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(disk == null ? ApiPaths.SNAPSHOTS : ApiPaths.snapshots(disk));
        invocation.printList(
                answer.tree().path("snapshots"),
                disk == null
                        ? "There are no snapshots. Take one: kume snapshot create DISK"
                        : "Disk '" + disk + "' has no snapshots. Take one: kume snapshot create " + disk,
                out -> table(answer.as(SnapshotView.Listing.class).snapshots()).print(out));
        return 0;
    }

    private static Table table(List<SnapshotView> snapshots) {
        Table table = new Table()
                .column("DISK")
                .column("NAME")
                .column("CREATED")
                .number("SIZE")
                .number("SPACE TAKEN")
                .column("BASE")
                .column("STATE")
                .column("USED BY")
                .column("DESCRIPTION");
        for (SnapshotView snapshot : snapshots) {
            Long allocatedBytes = snapshot.allocatedBytes();
            table.row(
                    snapshot.disk(),
                    snapshot.name(),
                    snapshot.created().toString(),
                    snapshot.size(),
                    allocatedBytes == null ? "" : Sizes.format(allocatedBytes),
                    Invocation.orEmpty(snapshot.base()),
                    Snapshots.state(snapshot),
                    String.join(", ", snapshot.usedBy()),
                    snapshot.description());
        }
        return table;
    }
}
