package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import dev.kume.core.Sizes;
import java.util.List;
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
        SessionView.Activity activity = session.activity();
        String age =
                Ages.since(session.since(), invocation.environment().clock().now());
        List<String> negotiated = session.negotiated().entrySet().stream()
                .map(key -> key.getKey() + "=" + key.getValue())
                .toList();
        return new Facts()
                .add("session", session.id() + " (" + session.type() + ")")
                .add("initiator", session.initiator())
                .add("alias", Invocation.orEmpty(session.initiatorAlias()))
                .add("authentication", session.authentication())
                .add("ISID", session.isid())
                .add("TSIH", Integer.toString(session.tsih()))
                .add("address", session.address())
                .add("portal", session.portal() + ", portal group " + session.portalGroupTag())
                .add("target", Invocation.orEmpty(session.target()))
                .add("target IQN", Invocation.orEmpty(session.targetIqn()))
                .add("since", session.since() + " (" + age + ")")
                .add("negotiated", negotiated, "nothing")
                .add(
                        "commands",
                        activity.commands() + ", " + session.commandsOutstanding() + " of them not answered yet")
                .add("read", Sizes.format(activity.bytesRead()))
                .add("written", Sizes.format(activity.bytesWritten()))
                .add("window", "CmdSN " + activity.expCmdSn() + " to " + activity.maxCmdSn())
                .add("StatSN", Long.toString(activity.statSn()))
                .add("heard", heard(activity))
                .add("last PDUs", "kume session trace " + session.id());
    }

    private static String heard(SessionView.Activity activity) {
        String ago = Ages.of(activity.silentSeconds()) + " ago";
        return activity.nopInOutstanding() ? ago + "; a NOP-In asks whether it is there" : ago;
    }
}
