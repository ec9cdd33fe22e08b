package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.api.SnapshotView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume snapshot restore}. */
@Command(
        name = "restore",
        description = {
            "Make a disk again what it was when a snapshot was taken. What was written since is lost, unless a later",
            "snapshot has it. Refused while a node holds the disk, or is connected where it is mapped."
        },
        footer = {"", "Example: kume snapshot restore vms before-update"})
final class SnapshotRestoreCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "The snapshot's name.")
    private String name = "";

    SnapshotRestoreCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        SnapshotView snapshot =
                invocation.api().get(ApiPaths.snapshot(disk, name)).as(SnapshotView.class);
        invocation.confirm("disk '" + snapshot.disk() + "' would be what it was at " + snapshot.created()
                + "; what was written since the last snapshot would be lost");
        Answer started = invocation.api().post(ApiPaths.snapshotRestore(disk, name), null);
        new OperationWait(invocation, "Restoring " + disk).await(started);
        Answer restored = invocation.api().get(ApiPaths.disk(disk));
        invocation.printChange(
                restored.tree(),
                () -> "Disk '" + restored.as(DiskView.class).name() + "' is what it was at " + snapshot.created());
        return 0;
    }
}
