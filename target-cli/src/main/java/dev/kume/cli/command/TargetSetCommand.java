package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetSet;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target set}. */
@Command(
        name = "set",
        description =
                "Change a target's name or description, or how logins reach it. Its IQN stays, and so do its sessions:"
                        + " CHAP, portals and redirection hold for new logins.")
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

    @Mixin
    private ChapOptions chap = new ChapOptions();

    @Option(
            names = "--portal",
            paramLabel = "PORTAL",
            description = "A portal of kume.yaml through which alone the target is seen; may be given several times.")
    private List<String> portals = new ArrayList<>();

    @Option(names = "--all-portals", description = "The target is seen through every portal.")
    private boolean allPortals;

    @Option(
            names = "--redirect",
            paramLabel = "ADDR:PORT|none",
            description = "Send new logins to another server (status 1/01), or serve them here.")
    private @Nullable String redirect;

    TargetSetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        chap.check();
        if (allPortals && !portals.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE, "--portal and --all-portals contradict each other: give one of them");
        }
        TargetSet change = new TargetSet(
                rename,
                description,
                enabled,
                chap.chap(),
                chap.mutual(),
                allPortals || !portals.isEmpty() ? portals : null,
                "none".equalsIgnoreCase(redirect) ? "" : redirect);
        if (change.equals(new TargetSet(null, null, null))) {
            throw new CliException(
                    ExitCode.USAGE, "nothing to change: give an option, such as --chap or --description");
        }
        Answer answer = invocation.api().patch(ApiPaths.target(name), change);
        invocation.printChange(answer.tree(), () -> {
            TargetView target = answer.as(TargetView.class);
            return "Target '" + target.name() + "' changed";
        });
        return 0;
    }
}
