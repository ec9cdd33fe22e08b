package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterVerifyView;
import dev.kume.cli.api.ClusterVerifyView.Step;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Paragraphs;
import dev.kume.cli.terminal.ExitCode;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume cluster verify}. */
@Command(
        name = "verify",
        description =
                "Tick off, by what the storage sees, the steps from declared disks to a tested failover. Exits with"
                        + " 10 while steps are open.")
final class ClusterVerifyCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "CLUSTER", description = "The cluster's name.")
    private String name = "";

    ClusterVerifyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.clusterVerify(name));
        ClusterVerifyView verified = answer.as(ClusterVerifyView.class);
        invocation.print(answer.tree(), out -> print(verified, out));
        return verified.open() == 0 ? ExitCode.OK.code() : ExitCode.VALIDATED_WITH_WARNINGS.code();
    }

    private static void print(ClusterVerifyView verified, PrintStream out) {
        for (Step step : verified.steps()) {
            String mark = switch (step.state()) {
                case Step.DONE -> "[x] ";
                case Step.PROBLEM -> "[!] ";
                default -> "[ ] ";
            };
            Paragraphs.wrap(mark, "    ", step.title() + ": " + step.detail()).forEach(out::println);
            if (step.next() != null) {
                Paragraphs.wrap("    -> ", "       ", step.next()).forEach(out::println);
            }
        }
        out.println("%d of %d steps are done"
                .formatted(verified.done(), verified.steps().size()));
    }
}
