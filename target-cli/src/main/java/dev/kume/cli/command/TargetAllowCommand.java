package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume target allow}. */
@Command(name = "allow", description = "Let an initiator log in to a target.")
final class TargetAllowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "IQN", description = "The initiator's iSCSI name; see kume initiator list.")
    private String iqn = "";

    TargetAllowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().put(ApiPaths.allowed(name, iqn), null);
        invocation.printChange(answer.tree(), () -> "Target '" + name + "' allows " + iqn);
        return 0;
    }
}
