package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.api.MappingCreate;
import dev.kume.cli.api.MappingSet;
import dev.kume.cli.api.MappingView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume map}. */
@Command(
        name = "map",
        description =
                "Put a disk into a target under a LUN, or say whether it may be written through a target that has it.",
        footer = {"", "Example: kume map vms hv-node1 --lun 1"})
final class MapCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "The target's name.")
    private String target = "";

    @Option(names = "--lun", paramLabel = "N", description = "Its number there (default: the lowest that is free).")
    private @Nullable Integer lun;

    @Option(names = "--read-only", description = "Nobody may write the disk through this target; others may.")
    private boolean readOnly;

    @Option(names = "--read-write", description = "It may be written through this target (the default).")
    private boolean readWrite;

    MapCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (readOnly && readWrite) {
            throw new CliException(
                    ExitCode.USAGE, "--read-only and --read-write contradict each other: give one of them");
        }
        boolean changes = (readOnly || readWrite) && lun == null && isMapped();
        Answer answer = changes
                ? invocation.api().patch(ApiPaths.mapping(disk, target), new MappingSet(readOnly))
                : invocation
                        .api()
                        .post(ApiPaths.MAPPINGS, new MappingCreate(disk, target, lun, readOnly ? true : null));
        invocation.printChange(answer.tree(), () -> {
            MappingView mapping = answer.as(MappingView.class);
            return "Disk '" + mapping.disk() + "' is LUN " + mapping.lun() + " of target '" + mapping.target() + "'"
                    + (mapping.readOnly() ? ", read-only" : "");
        });
        return 0;
    }

    private boolean isMapped() {
        DiskView view = invocation.api().get(ApiPaths.disk(disk)).as(DiskView.class);
        return view.accessBy().stream()
                .anyMatch(each ->
                        each.target().equalsIgnoreCase(target) || each.iqn().equalsIgnoreCase(target));
    }
}
