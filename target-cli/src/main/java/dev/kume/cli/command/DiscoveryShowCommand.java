package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiscoveryView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kume discovery show}. */
@Command(name = "show", description = "Show what an initiator has to know before it may look for targets.")
final class DiscoveryShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    DiscoveryShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.DISCOVERY);
        invocation.print(
                answer.tree(), out -> facts(answer.as(DiscoveryView.class)).print(out));
        return 0;
    }

    private static Facts facts(DiscoveryView discovery) {
        return new Facts()
                .add("CHAP", discovery.chap(), "not asked for; each initiator is told of the targets that allow it")
                .add("mutual CHAP", Invocation.orEmpty(discovery.mutual()));
    }
}
