package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ReloadView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Printable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume service reload}. */
@Command(
        name = "reload",
        description = "Read kume.yaml again and apply what can change at run time; other sessions do not notice.")
final class ServiceReloadCommand implements Callable<Integer> {
    private final Invocation invocation;

    ServiceReloadCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().post(ApiPaths.RELOAD, null);
        ReloadView view = answer.as(ReloadView.class);
        invocation.print(answer.tree(), out -> {
            for (ReloadView.Change change : view.changes()) {
                out.println(Printable.line("%s %s: %s".formatted(change.key(), change.text(), change.outcome())));
            }
        });
        if (view.changes().isEmpty()) {
            invocation.say(view.file() + " says what the daemon works with already");
        }
        return 0;
    }
}
