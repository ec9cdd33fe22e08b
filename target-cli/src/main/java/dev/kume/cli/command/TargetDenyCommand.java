package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target deny}. */
@Command(name = "deny", description = "Take back what target allow gave, from an initiator that has no session there.")
final class TargetDenyCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "IQN", description = "The initiator's iSCSI name.")
    private String iqn = "";

    @Option(names = "--force", description = "End its session first. It loses the disks at once.")
    private boolean force;

    TargetDenyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (force) {
            invocation.confirm("sessions of " + iqn + " on target '" + name + "' would be ended at once");
        }
        Answer answer = invocation.api().delete(ApiPaths.denial(name, iqn, force));
        invocation.printChange(answer.tree(), () -> "Target '" + name + "' denies " + iqn);
        return 0;
    }
}
