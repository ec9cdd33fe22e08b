package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.MappingView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume unmap}. */
@Command(name = "unmap", description = "Take a disk out of a target that nobody is logged in to. The disk stays.")
final class UnmapCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk's name.")
    private String disk = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "The target's name.")
    private String target = "";

    @Option(names = "--force", description = "Also under initiators that use it. They lose the disk at once.")
    private boolean force;

    UnmapCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (force) {
            invocation.confirm("disk '" + disk + "' would be taken out of target '" + target
                    + "', also under initiators that use it");
        }
        Answer answer = invocation.api().delete(ApiPaths.unmapping(disk, target, force));
        invocation.printChange(answer.tree(), () -> {
            MappingView mapping = answer.as(MappingView.class);
            return "Disk '" + mapping.disk() + "' was LUN " + mapping.lun() + " of target '" + mapping.target()
                    + "' and is not mapped there any more";
        });
        return 0;
    }
}
