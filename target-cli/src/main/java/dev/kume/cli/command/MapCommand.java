package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.MappingCreate;
import dev.kume.cli.api.MappingView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume map}. */
@Command(
        name = "map",
        description = "Put a disk into a target under a LUN.",
        footer = {"", "Example: kume map vms hv-node1 --lun 1"})
final class MapCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "The target's name.")
    private String target = "";

    @Option(names = "--lun", paramLabel = "N", description = "Its number there (default: the lowest that is free).")
    private @Nullable Integer lun;

    MapCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().post(ApiPaths.MAPPINGS, new MappingCreate(disk, target, lun));
        invocation.printChange(answer.tree(), () -> {
            MappingView mapping = answer.as(MappingView.class);
            return "Disk '" + mapping.disk() + "' is LUN " + mapping.lun() + " of target '" + mapping.target() + "'";
        });
        return 0;
    }
}
