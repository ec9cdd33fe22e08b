package dev.kume.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.output.Printable;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume health}: two answers only, because the probes of containers know no more. */
@Command(
        name = "health",
        description =
                "Say in one line whether initiators get at their disks, for the health check of a container: exits"
                        + " with 0 when the daemon is ready, every portal is open and no disk is offline, and with 1 otherwise.")
final class HealthCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Invocation invocation;

    @Option(
            names = "--alive",
            description =
                    "Ask only whether the daemon answers, whatever becomes of portals and disks: whether a restart"
                            + " could help.")
    private boolean alive;

    HealthCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        List<String> troubles = troubles();
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("healthy", troubles.isEmpty());
        troubles.forEach(tree.putArray("troubles")::add);
        String line = troubles.isEmpty() ? "healthy" : "unhealthy: " + String.join("; ", troubles);
        invocation.print(tree, out -> out.println(Printable.line(line)));
        return (troubles.isEmpty() ? ExitCode.OK : ExitCode.FAILED).code();
    }

    private List<String> troubles() {
        StatusView status;
        try {
            status = invocation.api(LIMIT).get(ApiPaths.STATUS).as(StatusView.class);
        } catch (CliException e) {
            if (e.exitCode() == ExitCode.USAGE) {
                throw e;
            }
            return List.of(String.valueOf(e.getMessage()));
        }
        return alive ? List.of() : troubles(status);
    }

    private static List<String> troubles(StatusView status) {
        List<String> troubles = new ArrayList<>();
        if (!status.state().equals(StatusView.READY)) {
            troubles.add("it is " + status.state());
        }
        for (StatusView.Portal portal : status.portals()) {
            if (!portal.state().equals(StatusView.Portal.LISTENING)) {
                troubles.add("portal " + portal.name() + " (" + portal.address() + ") is " + portal.state());
            }
        }
        if (status.portals().isEmpty()) {
            troubles.add("no portal is open");
        }
        if (status.counts().disksOffline() > 0) {
            troubles.add(Words.count(status.counts().disksOffline(), "disk") + " offline (kume disk list)");
        }
        return troubles;
    }
}
