package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Sizes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk create}. */
@Command(
        name = "create",
        description = "Create a disk in a new file. Ctrl-C cancels it and leaves nothing behind.",
        footer = {
            "",
            "Example: kume disk create vms --size 30GB --sharing cluster",
            "         kume disk create test --parent golden"
        })
final class DiskCreateCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description =
                    "What the initiators see: 30GB = 30GiB = 30720MB = 30 x 2^30 bytes; a child has its parent's.")
    private @Nullable String size;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Where the file goes on the server (default: the daemon's disk directory).")
    private @Nullable Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "The file's format: ${COMPLETION-CANDIDATES} (default: vhd).")
    private @Nullable Format format;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "How the file holds its blocks: ${COMPLETION-CANDIDATES} (default: fixed).")
    private @Nullable Type type;

    @Option(
            names = "--parent",
            paramLabel = "DISK",
            description = "Make a differencing disk: a child of this disk, which is read-only and stays so.")
    private @Nullable String parent;

    @Option(
            names = "--block-size-mb",
            paramLabel = "MB",
            description = "How much space the file takes at a time: 1, 2, 4 ... 256 (default: as the format suggests).")
    private @Nullable Integer blockSizeMb;

    @Option(names = "--sparse", description = "Take space as it is written instead of reserving it now.")
    private boolean sparse;

    @Mixin
    private SharingOptions sharing = new SharingOptions();

    @Mixin
    private BlockOptions blocks = new BlockOptions();

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    DiskCreateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        checkSize();
        blocks.check();
        DiskCreate request = new DiskCreate(
                name,
                size,
                file == null ? null : invocation.pathOnServer(file),
                Words.of(format),
                Words.of(type),
                sparse,
                parent,
                blockSizeMb,
                sharing.word(),
                blocks.sectorFormat(),
                blocks.blockSize(),
                blocks.physicalBlockSize(),
                device.writeCache(),
                device.rotation(),
                device.vendor(),
                device.product(),
                description);
        Answer accepted = invocation.api().post(ApiPaths.DISKS, request);
        new OperationWait(invocation, "Creating " + name).await(accepted);
        Answer created = invocation.api().get(ApiPaths.disk(name));
        invocation.printChange(created.tree(), () -> {
            DiskView disk = created.as(DiskView.class);
            return "Disk '" + disk.name() + "' created: " + disk.size() + " in " + disk.file();
        });
        return 0;
    }

    private void checkSize() {
        if (size == null) {
            if (parent == null) {
                throw new CliException(ExitCode.USAGE, "missing --size SIZE (see: kume disk create --help)");
            }
            return;
        }
        try {
            Sizes.parse(size);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--size: " + e.getMessage());
        }
    }
}
