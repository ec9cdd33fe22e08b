package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import dev.kume.core.Sizes;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume operation list}. */
@Command(name = "list", description = "List long work, the newest first: what runs, and what the last of it came to.")
final class OperationListCommand implements Callable<Integer> {
    private final Invocation invocation;

    OperationListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.OPERATIONS);
        Instant now = invocation.environment().clock().now();
        invocation.printList(
                answer.tree().path("operations"),
                "Nothing has run since the daemon's start.",
                out -> table(answer.as(OperationView.Listing.class).operations(), now)
                        .print(out));
        return 0;
    }

    private static Table table(List<OperationView> operations, Instant now) {
        Table table = new Table()
                .number("ID")
                .column("KIND")
                .column("SUBJECT")
                .column("STATE")
                .number("DONE")
                .number("OF")
                .number("SINCE");
        for (OperationView operation : operations) {
            table.row(
                    Long.toString(operation.id()),
                    operation.kind(),
                    operation.subject(),
                    operation.state(),
                    Sizes.format(operation.doneBytes()),
                    operation.totalBytes() == 0 ? "" : Sizes.format(operation.totalBytes()),
                    Ages.since(operation.started(), now));
        }
        return table;
    }
}
