package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.InitiatorAllow;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target allow}. */
@Command(name = "allow", description = "Let initiators log in to a target.")
final class TargetAllowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(index = "0", paramLabel = "NAME", description = "The target's name.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "WHO",
            description =
                    "Who: an iSCSI name (see kume initiator list), an address, a network such as 192.168.10.0/24, or a DNS name.")
    private String who = "";

    @Option(
            names = "--chap",
            paramLabel = "CRED",
            description =
                    "A credential that this initiator must know in place of the target's; may be given several times.")
    private List<String> chap = new ArrayList<>();

    @Option(
            names = "--mutual",
            paramLabel = "CRED",
            description = "The credential by which the target proves itself to this initiator.")
    private @Nullable String mutual;

    @Option(
            names = "--as-target",
            description = "Forget what was said for this initiator: the target's rule holds again.")
    private boolean asTarget;

    TargetAllowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().put(ApiPaths.allowed(name, who), own());
        invocation.printChange(answer.tree(), () -> "Target '" + name + "' allows " + who);
        return 0;
    }

    private @Nullable InitiatorAllow own() {
        if (asTarget && (mutual != null || !chap.isEmpty())) {
            throw new CliException(
                    ExitCode.USAGE, "--as-target forgets what --chap and --mutual say: give one of them");
        }
        if (!asTarget && mutual == null && chap.isEmpty()) {
            return null;
        }
        return new InitiatorAllow(chap.isEmpty() ? null : chap, mutual, asTarget ? true : null);
    }
}
