package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ConfigHistoryView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume config history}. */
@Command(name = "history", description = "List the versions of what is provisioned that are kept, newest first.")
final class ConfigHistoryCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(names = "--limit", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    ConfigHistoryCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new CliException(ExitCode.USAGE, "--limit is " + limit + "; give a number from 1");
        }
        Answer answer = invocation.api().get(ApiPaths.configHistory(limit));
        List<ConfigHistoryView> versions =
                answer.as(ConfigHistoryView.Listing.class).versions();
        invocation.printList(answer.tree().path("versions"), "Nothing has been provisioned yet", out -> {
            Table table = new Table().number("VERSION").column("SAVED").column("CHANGED");
            for (ConfigHistoryView version : versions) {
                table.row(
                        version.version() + (version.current() ? "*" : ""),
                        version.saved().truncatedTo(ChronoUnit.SECONDS).toString(),
                        version.summary());
            }
            table.print(out);
        });
        return 0;
    }
}
