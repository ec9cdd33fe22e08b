package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigRequest;
import dev.kume.cli.client.Answer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume config rollback}. */
@Command(
        name = "rollback",
        description = "Make an older version true again, as a new one: shown as a plan, and asked where something is"
                + " removed or a session dropped. What is in disks is not taken back.",
        footer = {"", "Example: kume config rollback 12"})
final class ConfigRollbackCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "N", description = "The version; 'kume config history' lists them.")
    private long version;

    @Option(names = "--dry-run", description = "Plan only.")
    private boolean dryRun;

    ConfigRollbackCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ConfigRequest wanted = new ConfigRequest(null, null, version, List.of(), null, null);
        Answer plan = invocation.api().post(ApiPaths.CONFIG_PLAN, wanted);
        if (dryRun) {
            ConfigPlans.print(invocation, plan);
            return 0;
        }
        return ConfigPlans.apply(invocation, wanted, plan);
    }
}
