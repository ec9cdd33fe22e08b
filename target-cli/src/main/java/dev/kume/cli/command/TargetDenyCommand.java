package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target deny}. */
@Command(name = "deny", description = "Take back what target allow gave, when it takes no session with it.")
final class TargetDenyCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "WHO",
            description = "Whom: an entry of the access list; see kume target show.")
    private String who = "";

    @Option(
            names = "--force",
            description = "End the sessions that only this entry allows. They lose the disks at once.")
    private boolean force;

    TargetDenyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (force) {
            invocation.confirm("sessions of " + who + " on target '" + name + "' would be ended at once");
        }
        Answer answer = invocation.api().delete(ApiPaths.denial(name, who, force));
        invocation.printChange(answer.tree(), () -> "Target '" + name + "' denies " + who);
        return 0;
    }
}
