package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TokenView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume token list}. */
@Command(name = "list", description = "List the tokens, without what is secret of them.")
final class TokenListCommand implements Callable<Integer> {
    private final Invocation invocation;

    TokenListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.TOKENS);
        invocation.printList(
                answer.tree().path("tokens"),
                "There are no tokens. Make one: kume token create NAME --role read",
                out -> table(answer.as(TokenView.Listing.class).tokens()).print(out));
        return 0;
    }

    private static Table table(List<TokenView> tokens) {
        Table table = new Table()
                .column("NAME")
                .column("ROLE")
                .column("STATUS")
                .column("CREATED")
                .column("EXPIRES")
                .column("LAST USED");
        for (TokenView token : tokens) {
            table.row(
                    token.name(),
                    token.role(),
                    token.status(),
                    token.created().toString(),
                    token.expires() == null ? "never" : token.expires().toString(),
                    token.lastUsed() == null ? "never" : token.lastUsed().toString());
        }
        return table;
    }
}
