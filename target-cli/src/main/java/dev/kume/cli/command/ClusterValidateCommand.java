package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.ValidationStart;
import dev.kume.cli.api.ValidationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster validate}. */
@Command(
        name = "validate",
        description = {
            "Take the storage tests of Windows' validation wizard on the disks of a cluster, as its own nodes. No data is"
                    + " changed, and no node is disturbed: disks in use are left alone, and a scratch disk of their kind"
                    + " is tested in their place.",
            "Exits with 0 when all tests succeed, with 10 when some end with a warning, with 11 when one fails."
        },
        footer = {"", "Example: kume cluster validate HV --report hv.html"})
final class ClusterValidateCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The cluster's name.")
    private String name = "";

    @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk of the cluster.")
    private @Nullable String disk;

    @Option(
            names = "--real-time",
            description = "Defend every 3 s and challenge after 7 s, as Windows does (default: thirty times as fast).")
    private boolean realTime;

    @Mixin
    private ValidationOutput output = new ValidationOutput();

    ClusterValidateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        output.check(invocation);
        Answer accepted = invocation.api().post(ApiPaths.clusterValidation(name), new ValidationStart(disk, realTime));
        Answer ended = new OperationWait(invocation, "Validating " + name).await(accepted);
        OperationResult result = ended.as(OperationView.class).result();
        ValidationView view = result == null ? null : result.validation();
        if (view == null) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the daemon does not say what came of it; are daemon and command line of the same version?");
        }
        return output.finish(invocation, ended.tree().path("result").path("validation"), view);
    }
}
