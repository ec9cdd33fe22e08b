package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SnapshotRemove;
import dev.kume.cli.api.SnapshotView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume snapshot remove}. */
@Command(
        name = "remove",
        description = {
            "Remove snapshots of a disk, while it is used: what only they have is merged into what stays.",
            "Ctrl-C leaves the daemon at it. One that was interrupted goes on at the daemon's next start, or by this."
        },
        footer = {"", "Example: kume snapshot remove vms before-update"})
final class SnapshotRemoveCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "SNAPSHOT", description = "Names of snapshots.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--all", description = "All snapshots of the disk.")
    private boolean all;

    SnapshotRemoveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (all && !names.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "--all does not go together with names");
        }
        if (names.isEmpty()) {
            names = chosen();
        }
        invocation.confirm(Words.count(names.size(), "snapshot") + " of disk '" + disk + "' ("
                + String.join(", ", names) + ") would be removed for good");
        Answer started = invocation.api().post(ApiPaths.snapshotRemoval(disk), new SnapshotRemove(names));
        new OperationWait(
                        invocation,
                        "Merging " + disk,
                        "the removal goes on in the daemon; 'kume snapshot list " + disk + "' shows how far it is")
                .await(started);
        Answer left = invocation.api().get(ApiPaths.snapshots(disk));
        invocation.printChange(left.tree().path("snapshots"), () -> sentence(left));
        return 0;
    }

    private List<String> chosen() {
        Answer listing = invocation.api().get(ApiPaths.snapshots(disk));
        List<SnapshotView> there = listing.as(SnapshotView.Listing.class).snapshots();
        List<String> going = namesOf(all ? there : removing(there));
        if (going.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE, all ? "disk '" + disk + "' has no snapshots" : "name a SNAPSHOT, or use --all");
        }
        return going;
    }

    private static List<SnapshotView> removing(List<SnapshotView> snapshots) {
        return snapshots.stream()
                .filter(snapshot -> snapshot.state().equals(SnapshotView.REMOVING))
                .toList();
    }

    private static List<String> namesOf(List<SnapshotView> snapshots) {
        return snapshots.stream().map(SnapshotView::name).collect(Collectors.toList());
    }

    private String sentence(Answer left) {
        int count = left.as(SnapshotView.Listing.class).snapshots().size();
        return "Disk '" + disk + "' has "
                + (count == 0 ? "no snapshots any more" : Words.count(count, "snapshot") + " left");
    }
}
