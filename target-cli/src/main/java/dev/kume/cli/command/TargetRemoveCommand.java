package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target remove}. */
@Command(name = "remove", description = "Remove a target that nobody is logged in to. Its disks stay.")
final class TargetRemoveCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Option(names = "--force", description = "End its sessions first. Their initiators lose the disks at once.")
    private boolean force;

    TargetRemoveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        TargetView target = invocation.api().get(ApiPaths.target(name)).as(TargetView.class);
        if (!force && !target.sessions().isEmpty()) {
            // Said before the question is asked: no answer to it could help.
            String who = target.sessions().stream()
                    .map(session -> session.initiator() + " at " + session.address())
                    .collect(Collectors.joining(", "));
            throw new CliException(
                    ExitCode.BUSY,
                    "target '" + target.name() + "' is in use by " + who + "; log the initiators out, or add --force");
        }
        invocation.confirm("target '" + target.name() + "' would be removed with "
                + Words.count(target.luns().size(), "mapping") + " and "
                + Words.count(target.sessions().size(), "session") + "; its disks would stay");
        Answer answer = invocation.api().delete(ApiPaths.targetRemoval(target.name(), force));
        invocation.printChange(answer.tree(), () -> "Target '" + target.name() + "' removed; its disks stay");
        return 0;
    }
}
