package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SnapshotView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import dev.kume.core.Sizes;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume snapshot show}. */
@Command(name = "show", description = "Show one snapshot in full.")
final class SnapshotShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "The snapshot's name.")
    private String name = "";

    SnapshotShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.snapshot(disk, name));
        invocation.print(
                answer.tree(), out -> facts(answer.as(SnapshotView.class)).print(out));
        return 0;
    }

    private static Facts facts(SnapshotView snapshot) {
        Long allocatedBytes = snapshot.allocatedBytes();
        Long waited = snapshot.writesWaitedMillis();
        Facts facts = new Facts()
                .add("disk", snapshot.disk())
                .add("name", snapshot.name())
                .add("state", Snapshots.state(snapshot))
                .add("created", snapshot.created().toString())
                .add("size", bytes(snapshot.size(), snapshot.sizeBytes()))
                .add(
                        "space taken",
                        allocatedBytes == null ? "unknown" : bytes(Sizes.format(allocatedBytes), allocatedBytes))
                .add("file", snapshot.file())
                .add("base", snapshot.base() == null ? "none" : snapshot.base())
                .add("base of the disk", snapshot.current() ? "yes" : "no");
        if (waited != null) {
            facts.add("writes waited", waited + " ms");
        }
        return facts.add("description", snapshot.description())
                .add("id", snapshot.id())
                .add(
                        "used by",
                        snapshot.usedBy(),
                        "nobody; see it as a disk: kume snapshot mount " + snapshot.disk() + " " + snapshot.name());
    }

    private static String bytes(String human, long bytes) {
        return String.format(Locale.ROOT, "%s (%,d bytes)", human, bytes);
    }
}
