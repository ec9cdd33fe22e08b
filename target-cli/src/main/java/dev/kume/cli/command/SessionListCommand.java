package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume session list}. */
@Command(name = "list", description = "List who is logged in now.")
final class SessionListCommand implements Callable<Integer> {
    private final Invocation invocation;

    SessionListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.SESSIONS);
        Instant now = invocation.environment().clock().now();
        invocation.printList(
                answer.tree().path("sessions"),
                "Nobody is logged in. Who has tried: kume initiator list",
                out -> table(answer.as(SessionView.Listing.class).sessions(), now)
                        .print(out));
        return 0;
    }

    private static Table table(List<SessionView> sessions, Instant now) {
        Table table = new Table()
                .number("ID")
                .column("TARGET")
                .column("INITIATOR")
                .column("ADDRESS")
                .column("PORTAL")
                .number("SINCE")
                .number("COMMANDS");
        for (SessionView session : sessions) {
            String target = session.target();
            table.row(
                    Long.toString(session.id()),
                    target == null ? "(" + session.type() + ")" : target,
                    session.initiator(),
                    session.address(),
                    session.portal(),
                    Ages.since(session.since(), now),
                    Integer.toString(session.commandsOutstanding()));
        }
        return table;
    }
}
