package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.Answer;
import dev.kume.core.Sizes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume disk compact}. */
@Command(
        name = "compact",
        description = "Give back space that a dynamic or sparse disk takes for nothing but zeroes, while it is used."
                + " Ctrl-C ends it; what was given back stays so.",
        footer = {"", "Example: kume disk compact vms"})
final class DiskCompactCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    DiskCompactCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer accepted = invocation.api().post(ApiPaths.diskCompact(name), null);
        Answer ended = new OperationWait(invocation, "Compacting " + name).await(accepted);
        invocation.printChange(ended.tree(), () -> {
            OperationResult result = ended.as(OperationView.class).result();
            Long freedBytes = result == null ? null : result.freedBytes();
            return "Disk '" + name + "' takes "
                    + (freedBytes == null ? "as little space as it can" : Sizes.format(freedBytes) + " less");
        });
        return 0;
    }
}
