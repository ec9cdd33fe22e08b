package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskClone;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk clone}. */
@Command(
        name = "clone",
        description = {
            "Make another disk of the same content, at once, while the disk is used. Both share what neither has",
            "written since: the clone needs a snapshot of the disk, which is taken unless one is named."
        },
        footer = {"", "Example: kume disk clone golden vm7"})
final class DiskCloneCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "NEWNAME", description = "The name of the clone.")
    private String name = "";

    @Option(
            names = "--snapshot",
            paramLabel = "SNAPSHOT",
            description = "What it is a clone of (default: a new snapshot of the disk as it is now).")
    private @Nullable String snapshot;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Where its file goes on the server (default: beside the disk's).")
    private @Nullable Path file;

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    DiskCloneCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer started = invocation
                .api()
                .post(
                        ApiPaths.diskClone(disk),
                        new DiskClone(
                                name, snapshot, file == null ? null : invocation.pathOnServer(file), description));
        new OperationWait(invocation, "Cloning " + disk).await(started);
        Answer cloned = invocation.api().get(ApiPaths.disk(name));
        invocation.printChange(cloned.tree(), () -> {
            DiskView view = cloned.as(DiskView.class);
            return "Disk '" + view.name() + "' is a clone of disk '" + disk + "', in " + view.file();
        });
        return 0;
    }
}
