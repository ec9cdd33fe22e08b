package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume session logout}. */
@Command(
        name = "logout",
        description = "End a session. The initiator may log in again at once; to keep it out use target deny --force.")
final class SessionLogoutCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "ID", description = "The session's number; see kume session list.")
    private long id;

    SessionLogoutCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        SessionView session = invocation.api().get(ApiPaths.session(id)).as(SessionView.class);
        String target = session.target() == null ? session.type() : "target '" + session.target() + "'";
        invocation.confirm("session " + id + " of " + session.initiator() + " on " + target + " would be ended");
        Answer answer = invocation.api().delete(ApiPaths.session(id));
        invocation.printChange(answer.tree(), () -> "Session " + id + " of " + session.initiator() + " is ended");
        return 0;
    }
}
