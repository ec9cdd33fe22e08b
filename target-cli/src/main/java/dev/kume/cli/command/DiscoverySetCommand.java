package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiscoverySet;
import dev.kume.cli.api.DiscoveryView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kume discovery set}. */
@Command(
        name = "set",
        description =
                "Say what an initiator has to know before it may look for targets. What it needs to log in to one is"
                        + " said at the target.")
final class DiscoverySetCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private ChapOptions chap = new ChapOptions();

    DiscoverySetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        chap.check();
        if (!chap.given()) {
            throw new CliException(
                    ExitCode.USAGE, "nothing to change: give --chap, --no-chap, --mutual or --no-mutual");
        }
        Answer answer = invocation.api().patch(ApiPaths.DISCOVERY, new DiscoverySet(chap.chap(), chap.mutual()));
        invocation.printChange(answer.tree(), () -> {
            DiscoveryView discovery = answer.as(DiscoveryView.class);
            return discovery.chap().isEmpty()
                    ? "Discovery asks for no proof"
                    : "Discovery asks for " + String.join(" or ", discovery.chap());
        });
        return 0;
    }
}
