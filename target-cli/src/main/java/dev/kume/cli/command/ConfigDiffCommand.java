package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigDiffView;
import dev.kume.cli.api.ConfigPlanView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume config diff}. */
@Command(
        name = "diff",
        description = "Print what is different between two versions (default: the one before and the one that holds),"
                + " or between what is provisioned and a file.",
        footer = {"", "Examples: kume config diff 10 12", "          kume config diff -f cluster.yaml"})
final class ConfigDiffCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "N", arity = "0..1", description = "From this version.")
    private @Nullable Long from;

    @Parameters(
            index = "1",
            paramLabel = "M",
            arity = "0..1",
            description = "To this one (default: the one that holds).")
    private @Nullable Long to;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "To this desired state, from what is provisioned.")
    private @Nullable Path file;

    ConfigDiffCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Path wanted = file;
        if (wanted == null) {
            Answer answer = invocation.api().get(ApiPaths.configDiff(from, to));
            ConfigDiffView diff = answer.as(ConfigDiffView.class);
            invocation.print(answer.tree(), out -> ConfigPlans.printChanges(diff.changes(), out));
            if (diff.changes().isEmpty()) {
                invocation.say("Versions " + diff.from() + " and " + diff.to() + " say the same");
            }
            return 0;
        }
        if (from != null) {
            throw new CliException(
                    ExitCode.USAGE, "a file is compared with what is provisioned; leave " + from + " out");
        }
        Answer plan = invocation.api().post(ApiPaths.CONFIG_PLAN, ConfigSource.read(invocation, wanted));
        ConfigPlanView view = plan.as(ConfigPlanView.class);
        invocation.print(plan.tree().path("changes"), out -> ConfigPlans.printChanges(view.changes(), out));
        if (view.changes().isEmpty()) {
            invocation.say(wanted + " says what is provisioned");
        }
        return 0;
    }
}
