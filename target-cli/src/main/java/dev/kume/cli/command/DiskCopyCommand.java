package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskDuplicate;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk copy}. */
@Command(
        name = "copy",
        description =
                "Make a new disk of what a disk holds at the end of the copy, while it is used. It has an identity"
                        + " of its own and is mapped nowhere. Ctrl-C cancels it and leaves nothing behind.",
        footer = {"", "Example: kume disk copy vms vms-test --format vhdx --type dynamic"})
final class DiskCopyCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the disk to copy.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "NEWNAME", description = "The name of the new disk.")
    private String newName = "";

    @Mixin
    private ImageOptions image = new ImageOptions();

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Where the new file goes on the server (default: the daemon's disk directory).")
    private @Nullable Path file;

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    DiskCopyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        DiskDuplicate request = new DiskDuplicate(
                newName,
                image.format(),
                image.type(),
                image.sparse(),
                image.blockSizeMb(),
                file == null ? null : invocation.pathOnServer(file),
                description);
        Answer accepted = invocation.api().post(ApiPaths.diskCopy(name), request);
        new OperationWait(invocation, "Copying " + name).await(accepted);
        Answer copied = invocation.api().get(ApiPaths.disk(newName));
        invocation.printChange(copied.tree(), () -> {
            DiskView disk = copied.as(DiskView.class);
            return "Disk '" + disk.name() + "' is a copy of '" + name + "', in " + disk.file();
        });
        return 0;
    }
}
