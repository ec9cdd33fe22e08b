package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.CredentialView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume credential list}. */
@Command(name = "list", description = "List the credentials, without their secrets.")
final class CredentialListCommand implements Callable<Integer> {
    private final Invocation invocation;

    CredentialListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.CREDENTIALS);
        invocation.printList(
                answer.tree().path("credentials"),
                "There are no credentials. Add one: kume credential add NAME --user USER",
                out -> table(answer.as(CredentialView.Listing.class).credentials())
                        .print(out));
        return 0;
    }

    private static Table table(List<CredentialView> credentials) {
        Table table = new Table().column("NAME").column("USER").column("STATUS").column("USED BY");
        for (CredentialView credential : credentials) {
            table.row(
                    credential.name(), credential.user(), credential.status(), String.join(", ", credential.usedBy()));
        }
        return table;
    }
}
