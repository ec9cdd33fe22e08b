package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume initiator list}. */
@Command(
        name = "list",
        description = "List every initiator that has ever tried: from where, when, and why it was refused.")
final class InitiatorListCommand implements Callable<Integer> {
    private final Invocation invocation;

    InitiatorListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.INITIATORS);
        invocation.printList(
                answer.tree().path("initiators"),
                "No initiator has tried yet. Let one discover this server; it appears here, also when it is refused.",
                out -> table(answer.as(InitiatorView.Listing.class).initiators())
                        .print(out));
        return 0;
    }

    private static Table table(List<InitiatorView> initiators) {
        Table table = new Table()
                .column("INITIATOR")
                .column("ADDRESS")
                .column("LAST SEEN")
                .column("OUTCOME")
                .column("ALLOWED ON")
                .column("REASON");
        for (InitiatorView initiator : initiators) {
            table.row(
                    initiator.name(),
                    initiator.address(),
                    initiator.lastSeen().truncatedTo(ChronoUnit.SECONDS).toString(),
                    initiator.connected() ? "connected" : initiator.outcome(),
                    String.join(", ", initiator.allowedOn()),
                    Invocation.orEmpty(initiator.reason()));
        }
        return table;
    }
}
