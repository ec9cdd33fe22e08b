package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.api.SnapshotMount;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.inventory.Names;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume snapshot mount}. */
@Command(
        name = "mount",
        description = {
            "Make a snapshot a disk of its own, with an identity of its own, to map it as any other: read-only, or a",
            "writable clone. The snapshot stays as it is."
        },
        footer = {"", "Example: kume snapshot mount vms before-update --as vms-before"})
final class SnapshotMountCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "The snapshot's name.")
    private String snapshot = "";

    @Option(names = "--as", paramLabel = "NAME", description = "The name of the new disk (default: DISK-SNAPSHOT).")
    private @Nullable String name;

    @Option(names = "--writable", description = "A clone that can be written, in a file of its own.")
    private boolean writable;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "Where the file of a clone goes on the server (default: beside the snapshot's).")
    private @Nullable Path file;

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    SnapshotMountCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (file != null && !writable) {
            throw new CliException(
                    ExitCode.USAGE, "--file is for --writable: without it the disk is the snapshot's file");
        }
        String as = Objects.requireNonNullElseGet(name, this::defaultName);
        Answer started = invocation
                .api()
                .post(
                        ApiPaths.snapshotMount(disk, snapshot),
                        new SnapshotMount(
                                as, writable, file == null ? null : invocation.pathOnServer(file), description));
        new OperationWait(invocation, "Mounting " + snapshot).await(started);
        Answer mounted = invocation.api().get(ApiPaths.disk(as));
        invocation.printChange(mounted.tree(), () -> {
            DiskView view = mounted.as(DiskView.class);
            return "Disk '" + view.name() + "' is snapshot '" + snapshot + "' of disk '" + disk + "', "
                    + (writable ? "writable" : "read-only") + "; map it: kume map " + view.name() + " TARGET";
        });
        return 0;
    }

    private String defaultName() {
        String both = disk + "-" + snapshot;
        return both.substring(0, Math.min(both.length(), Names.LENGTH_MAX));
    }
}
