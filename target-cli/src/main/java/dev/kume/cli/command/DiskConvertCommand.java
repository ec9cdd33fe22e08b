package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskConvert;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk convert}. */
@Command(
        name = "convert",
        description = "Give a disk a file of another format or type, while it is used. Its identity, name and mappings"
                + " stay. Ctrl-C cancels it and leaves the disk as it was.",
        footer = {"", "Example: kume disk convert vms --format vhdx --type dynamic"})
final class DiskConvertCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    @Mixin
    private ImageOptions image = new ImageOptions();

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Where the new file goes on the server (default: beside the old one).")
    private @Nullable Path file;

    @Option(names = "--keep-source", description = "Leave the old file where it is instead of removing it in the end.")
    private boolean keepSource;

    DiskConvertCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        DiskConvert request = new DiskConvert(
                image.format(),
                image.type(),
                image.sparse(),
                image.blockSizeMb(),
                file == null ? null : invocation.pathOnServer(file),
                keepSource);
        Answer accepted = invocation.api().post(ApiPaths.diskConvert(name), request);
        new OperationWait(invocation, "Converting " + name).await(accepted);
        Answer converted = invocation.api().get(ApiPaths.disk(name));
        invocation.printChange(converted.tree(), () -> {
            DiskView disk = converted.as(DiskView.class);
            return "Disk '" + disk.name() + "' is a " + disk.type() + " " + disk.format() + " now, in " + disk.file();
        });
        return 0;
    }
}
