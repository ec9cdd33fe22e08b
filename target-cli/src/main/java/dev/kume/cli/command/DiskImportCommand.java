package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk import}. */
@Command(
        name = "import",
        description =
                "Make a disk of a file that exists, and snapshots of its parents. All stay where they are, and none"
                        + " of their data changes.",
        footer = {"", "Example: kume disk import vms --file /srv/images/vms.vhd --sharing cluster"})
final class DiskImportCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Option(names = "--file", required = true, paramLabel = "PATH", description = "The file on the server.")
    private Path file = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "The file's format: ${COMPLETION-CANDIDATES} (default: what the file itself says).")
    private @Nullable Format format;

    @Option(names = "--new-identity", description = "The file is a copy: give it a unique id of its own.")
    private boolean newIdentity;

    @Option(
            names = "--trust-parent",
            description = "Take a parent that was written after its child was made, when only its time has changed.")
    private boolean trustParent;

    @Mixin
    private SharingOptions sharing = new SharingOptions();

    @Mixin
    private BlockOptions blocks = new BlockOptions();

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    DiskImportCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        blocks.check();
        DiskImport request = new DiskImport(
                name,
                invocation.pathOnServer(file),
                Words.of(format),
                sharing.word(),
                newIdentity,
                trustParent,
                blocks.sectorFormat(),
                blocks.blockSize(),
                blocks.physicalBlockSize(),
                device.writeCache(),
                device.rotation(),
                device.vendor(),
                device.product(),
                description);
        Answer imported = invocation.api().post(ApiPaths.DISK_IMPORT, request);
        invocation.printChange(imported.tree(), () -> {
            DiskView disk = imported.as(DiskView.class);
            return "Disk '" + disk.name() + "' imported: " + disk.size() + " in " + disk.file();
        });
        return 0;
    }
}
