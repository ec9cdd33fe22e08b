package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskResize;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Sizes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk resize}. */
@Command(
        name = "resize",
        description =
                "Make a disk larger while it is used, or smaller where nothing is. Ctrl-C cancels it and leaves the"
                        + " disk as it was.",
        footer = {"", "Example: kume disk resize vms 60GB"})
final class DiskResizeCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "SIZE", description = "The whole new size, as of 'disk create'.")
    private String size = "";

    @Option(
            names = "--shrink",
            description = "Make it smaller. Only while no initiator is connected, and nothing lies behind the new end.")
    private boolean shrink;

    DiskResizeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try {
            Sizes.parse(size);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "SIZE: " + e.getMessage());
        }
        Answer accepted = invocation.api().post(ApiPaths.diskResize(name), new DiskResize(size, shrink ? true : null));
        new OperationWait(invocation, "Resizing " + name).await(accepted);
        Answer resized = invocation.api().get(ApiPaths.disk(name));
        invocation.printChange(resized.tree(), () -> {
            DiskView disk = resized.as(DiskView.class);
            return "Disk '" + disk.name() + "' has " + disk.size() + " now; the initiators are told";
        });
        return 0;
    }
}
