package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.client.Answer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume config apply}. */
@Command(
        name = "apply",
        description = "Make a desired state true: all of it or nothing, durably. Asks where something is removed, or a"
                + " session dropped; files of disks always stay. Ctrl-C cancels it and leaves all as it was.",
        footer = {"", "Example: kume config apply -f cluster.yaml"})
final class ConfigApplyCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "The desired state, as in docs/configuration.md.")
    private Path file = Path.of("");

    @Option(
            names = "--plan-version",
            paramLabel = "N",
            description = "Refuse when the inventory is not at version N any more, which a plan has named.")
    private @Nullable Long planVersion;

    @Option(names = "--dry-run", description = "Plan only.")
    private boolean dryRun;

    ConfigApplyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ConfigRequest read = ConfigSource.read(invocation, file);
        Answer plan = invocation.api().post(ApiPaths.CONFIG_PLAN, read);
        if (dryRun) {
            ConfigPlans.print(invocation, plan);
            return 0;
        }
        ConfigRequest wanted = new ConfigRequest(read.file(), read.text(), null, read.secrets(), planVersion, null);
        return ConfigPlans.apply(invocation, wanted, plan);
    }
}
