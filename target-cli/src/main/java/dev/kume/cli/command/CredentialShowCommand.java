package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.CredentialView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume credential show}. */
@Command(name = "show", description = "Show one credential, without its secret.")
final class CredentialShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The credential's name.")
    private String name = "";

    CredentialShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.credential(name));
        invocation.print(
                answer.tree(), out -> facts(answer.as(CredentialView.class)).print(out));
        return 0;
    }

    private static Facts facts(CredentialView credential) {
        String reason = credential.statusReason();
        return new Facts()
                .add("name", credential.name())
                .add("user", credential.user())
                .add("status", reason == null ? credential.status() : reason)
                .add("created", credential.created().toString())
                .add(
                        "used by",
                        credential.usedBy(),
                        "nothing; use it: kume target set TARGET --chap " + credential.name());
    }
}
