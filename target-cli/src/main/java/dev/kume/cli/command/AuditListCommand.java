package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.AuditView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume audit list}. */
@Command(
        name = "list",
        description = {
            "List who changed what, the newest first.",
            "With -o json also what was asked for, and the thing before and after."
        })
final class AuditListCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Since when: 30m, 1h, 2d, 2026-11-27, 2026-11-27T12:00 (UTC).")
    private @Nullable String since;

    @Option(names = "--for", paramLabel = "KIND/NAME", description = "About one thing: disk/vms, target/hv-node1.")
    private @Nullable String subject;

    @Option(names = "--limit", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    private int limit = 100;

    AuditListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new CliException(ExitCode.USAGE, "--limit is " + limit + "; give a number from 1");
        }
        String of = subject;
        if (of != null && !of.matches("[a-z]+/.+")) {
            throw new CliException(
                    ExitCode.USAGE, "--for '%s' is no kind and name; write it as disk/vms".formatted(of));
        }
        String after = since;
        Instant from = after == null
                ? null
                : PastTime.parse(
                        "--since", after, invocation.environment().clock().now());
        Answer answer = invocation.api().get(ApiPaths.audit(from, of, limit));
        List<AuditView> changes = answer.as(AuditView.Listing.class).changes();
        invocation.printList(answer.tree().path("changes"), "Nothing was changed", out -> {
            Table table = new Table()
                    .column("TIME")
                    .column("WHO")
                    .column("FROM")
                    .column("WHAT")
                    .column("OUTCOME");
            for (AuditView change : changes) {
                table.row(
                        change.time().truncatedTo(ChronoUnit.SECONDS).toString(),
                        change.caller(),
                        change.from(),
                        what(change),
                        change.error() == null ? change.outcome() : change.outcome() + ": " + change.error());
            }
            table.print(out);
        });
        return 0;
    }

    private static String what(AuditView change) {
        String work = change.operation() == null ? "" : " (operation %d)".formatted(change.operation());
        return change.method().equals(AuditView.END) ? "end of operation " + change.operation() : change.what() + work;
    }
}
