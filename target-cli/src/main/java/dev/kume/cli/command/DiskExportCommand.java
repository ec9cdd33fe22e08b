package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskExport;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk export}. */
@Command(
        name = "export",
        description = "Write what a disk holds at the end of it into a file of its own, while the disk is used. Ctrl-C"
                + " cancels it and leaves nothing behind.",
        footer = {"", "Example: kume disk export vms --file /srv/out/vms.vhdx --format vhdx --type dynamic"})
final class DiskExportCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    @Option(names = "--file", required = true, paramLabel = "PATH", description = "The new file on the server.")
    private Path file = Path.of("");

    @Mixin
    private ImageOptions image = new ImageOptions();

    DiskExportCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        String path = invocation.pathOnServer(file);
        DiskExport request = new DiskExport(path, image.format(), image.type(), image.sparse(), image.blockSizeMb());
        Answer accepted = invocation.api().post(ApiPaths.diskExport(name), request);
        Answer ended = new OperationWait(invocation, "Exporting " + name).await(accepted);
        invocation.printChange(ended.tree(), () -> "Disk '" + name + "' is written into " + path);
        return 0;
    }
}
