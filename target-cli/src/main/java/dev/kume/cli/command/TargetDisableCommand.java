package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetSet;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target disable}. */
@Command(
        name = "disable",
        description = "Refuse new logins to a target (status 3/01: initiators try again later). Its sessions stay.")
final class TargetDisableCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Option(
            names = "--logout",
            description = "Then ask its sessions to log out, and end those that do not. They lose the disks.")
    private boolean logout;

    TargetDisableCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (logout) {
            invocation.confirm("the sessions of target '" + name + "' would be ended, and none would come back");
        }
        Answer answer = invocation.api().patch(ApiPaths.target(name), new TargetSet(null, null, false));
        TargetView target = answer.as(TargetView.class);
        if (logout) {
            target.sessions().forEach(session -> logOut(session.id()));
        }
        invocation.printChange(
                answer.tree(),
                () -> "Target '" + target.name() + "' is disabled; "
                        + Words.count(target.sessions().size(), "session")
                        + (logout ? " ended" : " stay" + (target.sessions().size() == 1 ? "s" : "")));
        return 0;
    }

    private void logOut(long session) {
        try {
            invocation.api().delete(ApiPaths.session(session));
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.NOT_FOUND) {
                throw e; // One that has gone by itself is what was wanted.
            }
        }
    }
}
