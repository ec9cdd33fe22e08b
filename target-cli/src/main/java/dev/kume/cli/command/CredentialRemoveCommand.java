package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume credential remove}. */
@Command(name = "remove", description = "Remove a credential that nothing uses, and its secret.")
final class CredentialRemoveCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The credential's name.")
    private String name = "";

    CredentialRemoveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        invocation.confirm("credential '" + name + "' would be removed with its secret");
        Answer answer = invocation.api().delete(ApiPaths.credential(name));
        invocation.printChange(answer.tree(), () -> "Credential '" + name + "' removed");
        return 0;
    }
}
