package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import dev.kume.cli.output.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kume status}. */
@Command(name = "status", description = "Show the daemon at one look.")
final class StatusCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(
            names = "--check",
            description = "Print one line for monitoring, and exit with 0 when all is well, 10 with warnings, 11 when"
                    + " something is critical.")
    private boolean check;

    StatusCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.STATUS);
        StatusView status = answer.as(StatusView.class);
        if (!check) {
            invocation.print(answer.tree(), out -> facts(status).print(out));
            return 0;
        }
        StatusCheck judged = new StatusCheck(status);
        invocation.print(answer.tree(), out -> out.println(Printable.line(judged.line())));
        return judged.exit().code();
    }

    private static Facts facts(StatusView status) {
        List<String> portals = status.portals().stream()
                .map(portal -> portal.address() + " (" + portal.name() + ", " + portal.state() + ")")
                .toList();
        StatusView.Counts counts = status.counts();
        String config = status.configFile();
        Facts facts = new Facts()
                .add("state", status.state() + ", up " + Ages.of(status.uptimeSeconds()))
                .add("version", status.version() + " (process " + status.pid() + " on " + status.host() + ")")
                .add("portals", portals, "none");
        if (!status.isns().isEmpty()) {
            List<String> servers =
                    status.isns().stream().map(StatusCommand::isns).toList();
            facts.add("isns", servers, "none");
        }
        if (!status.alarms().isEmpty()) {
            facts.add("alarms", Alarms.lines(status.alarms()), "none");
        }
        return facts.add("disks", disks(counts))
                .add(
                        "targets",
                        Words.count(counts.targets(), "target") + ", " + Words.count(counts.mappings(), "mapping"))
                .add(
                        "sessions",
                        Words.count(counts.sessions(), "session") + ", "
                                + Words.count(counts.initiatorsSeen(), "initiator") + " seen")
                .add("operations", counts.operationsRunning() + " running")
                .add("config", config == null ? "built-in defaults" : config)
                .add("state directory", status.stateDirectory())
                .add("socket", status.socket())
                .add("remote", remote(status.remote()), "off");
    }

    /** What a client on another host has to know. */
    private static List<String> remote(StatusView.@Nullable Remote remote) {
        if (remote == null) {
            return List.of();
        }
        String fingerprint = remote.fingerprint();
        String detail = remote.detail();
        List<String> lines = new ArrayList<>();
        lines.add(remote.address() + " (" + remote.state() + (detail == null ? "" : ": " + detail) + ")");
        if (fingerprint != null) {
            lines.add("fingerprint " + fingerprint);
            lines.add("certificate " + remote.certificate() + ", until " + remote.expires());
        }
        return lines;
    }

    private static String isns(StatusView.IsnsServer server) {
        String facts = server.status().equals(StatusView.IsnsServer.REGISTERED)
                ? Words.count(server.portals(), "portal") + ", " + Words.count(server.targets(), "target")
                : server.detail();
        return server.server() + " (" + server.status() + " since " + server.since() + ": " + facts + ")";
    }

    private static String disks(StatusView.Counts counts) {
        String offline = counts.disksOffline() == 0 ? "" : ", " + counts.disksOffline() + " OFFLINE (kume disk list)";
        return Words.count(counts.disks(), "disk") + ", " + counts.disksInUse() + " in use" + offline;
    }
}
