package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterCreate;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.output.Table;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How nodes are written, {@code NAME=IQN,IQN}; and whose initiator a node is that was given by its name alone. */
final class ClusterNodes {
    private final Invocation invocation;

    /** Names that are some node's already. */
    private final Set<String> used = new HashSet<>();

    private @Nullable List<InitiatorView> seen;

    ClusterNodes(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The nodes, in their order; who was given by a name alone is looked for when all others are known. */
    List<ClusterCreate.Node> of(List<String> given) {
        List<ClusterCreate.Node> nodes = new ArrayList<>();
        for (String text : given) {
            int equals = text.indexOf('=');
            List<String> iqns =
                    equals < 0 ? List.of() : List.of(text.substring(equals + 1).split(",", -1));
            iqns.forEach(iqn -> used.add(iqn.strip().toLowerCase(Locale.ROOT)));
            nodes.add(new ClusterCreate.Node(equals < 0 ? text : text.substring(0, equals), iqns));
        }
        nodes.replaceAll(
                node -> node.iqns() == null || node.iqns().isEmpty() ? found(String.valueOf(node.name())) : node);
        return nodes;
    }

    private ClusterCreate.Node found(String name) {
        List<InitiatorView> candidates = candidates();
        List<InitiatorView> obvious =
                candidates.stream().filter(each -> isNamed(each.name(), name)).toList();
        InitiatorView chosen = invocation.terminal().interactive()
                ? choose(name, candidates, obvious.size() == 1 ? obvious.getFirst() : null)
                : obvious.size() == 1 ? obvious.getFirst() : null;
        if (chosen == null) {
            throw new CliException(ExitCode.NOT_FOUND, unknown(name, candidates));
        }
        invocation.say("Node '" + name + "' is " + chosen.name() + ", seen from " + chosen.address());
        used.add(chosen.name());
        return new ClusterCreate.Node(name, List.of(chosen.name()));
    }

    /** Those that have been seen, and are no node's. */
    private List<InitiatorView> candidates() {
        if (seen == null) {
            seen = invocation
                    .api()
                    .get(ApiPaths.INITIATORS)
                    .as(InitiatorView.Listing.class)
                    .initiators();
            invocation.api().get(ApiPaths.CLUSTERS).as(ClusterView.Listing.class).clusters().stream()
                    .flatMap(cluster -> cluster.nodes().stream())
                    .flatMap(node -> node.iqns().stream())
                    .forEach(used::add);
        }
        return seen.stream().filter(each -> !used.contains(each.name())).toList();
    }

    /** What is behind the last colon is the host's name, with or without its domain. */
    static boolean isNamed(String iqn, String node) {
        String host = iqn.substring(iqn.lastIndexOf(':') + 1);
        int point = host.indexOf('.');
        return host.equalsIgnoreCase(node)
                || (point > 0 && host.substring(0, point).equalsIgnoreCase(node));
    }

    private static String unknown(String name, List<InitiatorView> candidates) {
        String shown = candidates.stream()
                .limit(10)
                .map(each -> each.name() + " (" + each.address() + ")")
                .collect(Collectors.joining(", "));
        return candidates.isEmpty()
                ? "node '" + name
                        + "' has no initiator name, and no initiator has been seen that is free; let it discover"
                        + " this server, or write --node " + name + "=IQN"
                : "node '" + name + "' has no initiator name, and none that was seen is plainly its; write --node "
                        + name + "=IQN with one of: " + shown
                        + (candidates.size() > 10 ? " ... ('kume initiator list')" : "");
    }

    /** Asks which of them the node is; the empty answer is the obvious one. */
    private @Nullable InitiatorView choose(
            String name, List<InitiatorView> candidates, @Nullable InitiatorView obvious) {
        if (candidates.isEmpty()) {
            return null;
        }
        Table table = new Table()
                .number("NO")
                .column("INITIATOR")
                .column("ADDRESS")
                .column("LAST SEEN")
                .column("OUTCOME");
        for (int i = 0; i < candidates.size(); i++) {
            InitiatorView each = candidates.get(i);
            table.row(
                    Integer.toString(i + 1),
                    each.name(),
                    each.address(),
                    each.lastSeen().truncatedTo(ChronoUnit.SECONDS).toString(),
                    each.outcome() + (each.reason() == null ? "" : ": " + each.reason()));
        }
        table.print(invocation.terminal().err());
        String usual = obvious == null ? "" : " [" + (candidates.indexOf(obvious) + 1) + "]";
        while (true) {
            String answer = invocation.terminal().ask("Which of these is node '" + name + "'?" + usual + " ");
            if (answer == null) {
                return null;
            }
            if (answer.isBlank() && obvious != null) {
                return obvious;
            }
            if (answer.strip().matches("\\d{1,6}")) {
                int number = Integer.parseInt(answer.strip());
                if (number >= 1 && number <= candidates.size()) {
                    return candidates.get(number - 1);
                }
            }
            invocation.terminal().err().println("A number from 1 to " + candidates.size() + ", please.");
        }
    }
}
