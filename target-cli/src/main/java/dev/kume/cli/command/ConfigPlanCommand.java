package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume config plan}. */
@Command(
        name = "plan",
        description = "Print what a desired state would change, and whom that would reach: sessions dropped, unit"
                + " attentions, disks lost. Changes nothing.",
        footer = {"", "Example: kume config plan -f cluster.yaml"})
final class ConfigPlanCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "The desired state, as in docs/configuration.md.")
    private Path file = Path.of("");

    @Option(names = "--exit-code", description = "End with 12 when something would change.")
    private boolean exitCode;

    ConfigPlanCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer plan = invocation.api().post(ApiPaths.CONFIG_PLAN, ConfigSource.read(invocation, file));
        ConfigPlans.print(invocation, plan);
        boolean changes = !plan.as(ConfigPlanView.class).changes().isEmpty();
        return exitCode && changes ? ExitCode.CHANGES.code() : ExitCode.OK.code();
    }
}
