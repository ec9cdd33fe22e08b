package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetSet;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target set}. */
@Command(
        name = "set",
        description = "Change a target's name or description, or whether it takes logins. Its IQN stays.")
final class TargetSetCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Option(names = "--rename", paramLabel = "NEW", description = "The new name.")
    private @Nullable String rename;

    @Option(names = "--description", paramLabel = "TEXT", description = "The new note; an empty one clears it.")
    private @Nullable String description;

    @Option(
            names = "--enabled",
            arity = "1",
            paramLabel = "true|false",
            description = "false: refuse new logins and keep the sessions that are there.")
    private @Nullable Boolean enabled;

    TargetSetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (rename == null && description == null && enabled == null) {
            throw new CliException(ExitCode.USAGE, "nothing to change: give --rename, --description or --enabled");
        }
        Answer answer = invocation.api().patch(ApiPaths.target(name), new TargetSet(rename, description, enabled));
        invocation.printChange(answer.tree(), () -> {
            TargetView target = answer.as(TargetView.class);
            return "Target '" + target.name() + "' changed";
        });
        return 0;
    }
}
