package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetSet;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume target enable}. */
@Command(name = "enable", description = "Let a target take new logins again.")
final class TargetEnableCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    TargetEnableCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().patch(ApiPaths.target(name), new TargetSet(null, null, true));
        invocation.printChange(answer.tree(), () -> "Target '" + name + "' is enabled");
        return 0;
    }
}
