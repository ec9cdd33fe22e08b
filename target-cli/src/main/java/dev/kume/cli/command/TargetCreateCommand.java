package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TargetCreate;
import dev.kume.cli.api.TargetView;
import dev.kume.cli.client.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume target create}. */
@Command(
        name = "create",
        description = "Create a target: a name that initiators log in to.",
        footer = {"", "Example: kume target create hv-node1 --initiator iqn.1991-05.com.microsoft:hv-node1"})
final class TargetCreateCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The target's name: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Option(
            names = "--iqn",
            paramLabel = "IQN",
            description = "Its iSCSI name (default: the daemon's iqnPrefix, a colon, HOST-NAME).")
    private @Nullable String iqn;

    @Option(
            names = "--initiator",
            paramLabel = "WHO",
            description =
                    "Who may log in: an iSCSI name, an address, a network such as 192.168.10.0/24 or a DNS name; may"
                            + " be given several times.")
    private List<String> initiators = new ArrayList<>();

    @Option(names = "--description", paramLabel = "TEXT", description = "A note for people.")
    private @Nullable String description;

    @Option(
            names = "--chap",
            paramLabel = "CRED",
            description =
                    "A credential that initiators must know; may be given several times, then any of them will do.")
    private List<String> chap = new ArrayList<>();

    @Option(
            names = "--mutual",
            paramLabel = "CRED",
            description = "The credential by which the target proves itself to initiators that ask for it.")
    private @Nullable String mutual;

    @Option(
            names = "--portal",
            paramLabel = "PORTAL",
            description =
                    "A portal of kume.yaml through which the target is seen; may be given several times (default: all).")
    private List<String> portals = new ArrayList<>();

    TargetCreateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation
                .api()
                .post(ApiPaths.TARGETS, new TargetCreate(name, iqn, initiators, description, chap, mutual, portals));
        invocation.printChange(answer.tree(), () -> {
            TargetView target = answer.as(TargetView.class);
            return "Target '" + target.name() + "' created: " + target.iqn();
        });
        return 0;
    }
}
