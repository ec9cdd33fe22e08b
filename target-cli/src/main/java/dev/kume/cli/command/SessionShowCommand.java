package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume session show}. */
@Command(
        name = "show",
        description = "Show one session in full: who, since when, what was negotiated, how much it did.")
final class SessionShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "ID", description = "The session's number; see kume session list.")
    private long id;

    SessionShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.session(id));
        invocation.print(
                answer.tree(), out -> facts(answer.as(SessionView.class)).print(out));
        return 0;
    }

    private Facts facts(SessionView session) {
        return new Facts()
                .add("session", session.id() + " (" + session.type() + ")")
                .add("initiator", session.initiator())
                .add("ISID", session.isid())
                .add("TSIH", Integer.toString(session.tsih()))
                .add("address", session.address())
                .add("portal", session.portal())
                .add("target", Invocation.orEmpty(session.target()))
                .add("target IQN", Invocation.orEmpty(session.targetIqn()))
                .add(
                        "since",
                        session.since() + " ("
                                + Ages.since(
                                        session.since(),
                                        invocation.environment().clock().now()) + ")")
                .add(
                        "negotiated",
                        session.negotiated().entrySet().stream()
                                .map(key -> key.getKey() + "=" + key.getValue())
                                .toList(),
                        "nothing")
                .add("commands", session.commandsOutstanding() + " outstanding");
    }
}
