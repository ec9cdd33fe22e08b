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
        description =
                "List every initiator that has ever tried: from where, when, how often it failed since it last got in,"
                        + " and why it was refused. -o json has the reasons in full.")
final class InitiatorListCommand implements Callable<Integer> {
    private static final int REASON_CHARACTERS = 60;
    private static final String ELLIPSIS = "...";

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

    /** As much of a reason as a screen has room for beside the rest. */
    private static String shortened(String reason) {
        return reason.length() <= REASON_CHARACTERS
                ? reason
                : reason.substring(0, REASON_CHARACTERS - ELLIPSIS.length()).stripTrailing() + ELLIPSIS;
    }

    private static Table table(List<InitiatorView> initiators) {
        Table table = new Table()
                .column("INITIATOR")
                .column("ADDRESS")
                .column("LAST SEEN")
                .column("OUTCOME")
                .number("FAILURES")
                .column("ALLOWED ON")
                .column("REASON");
        for (InitiatorView initiator : initiators) {
            table.row(
                    initiator.name(),
                    initiator.address(),
                    initiator.lastSeen().truncatedTo(ChronoUnit.SECONDS).toString(),
                    initiator.connected() ? "connected" : initiator.outcome(),
                    Long.toString(initiator.failures()),
                    String.join(", ", initiator.allowedOn()),
                    shortened(Invocation.orEmpty(initiator.reason())));
        }
        return table;
    }
}
