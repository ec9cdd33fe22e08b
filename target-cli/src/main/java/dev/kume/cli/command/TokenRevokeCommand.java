package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume token revoke}. */
@Command(name = "revoke", description = "End a token. Whoever has it is refused from now on.")
final class TokenRevokeCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The token's name.")
    private String name = "";

    TokenRevokeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        invocation.confirm("token '" + name + "' would be revoked, and whoever uses it locked out");
        Answer answer = invocation.api().delete(ApiPaths.token(name));
        invocation.printChange(answer.tree(), () -> "Token '" + name + "' revoked");
        return 0;
    }
}
