package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume target allow}. */
@Command(name = "allow", description = "Let initiators log in to a target.")
final class TargetAllowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "WHO",
            description =
                    "Who: an iSCSI name (see kume initiator list), an address, a network such as 192.168.10.0/24, or a DNS name.")
    private String who = "";

    TargetAllowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().put(ApiPaths.allowed(name, who), null);
        invocation.printChange(answer.tree(), () -> "Target '" + name + "' allows " + who);
        return 0;
    }
}
