package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterStatusView.Portal;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.inventory.ClusterRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What there is to say about nodes: whether they are there, and by how many ways. */
final class NodeAdvice {
    private final ClusterScene scene;
    private final ClusterRecord cluster;
    private final List<NodeStanding> nodes;
    private final Findings findings;

    private NodeAdvice(ClusterScene scene, List<NodeStanding> nodes, Findings findings) {
        this.scene = scene;
        this.cluster = scene.cluster();
        this.nodes = nodes;
        this.findings = findings;
    }

    static void give(ClusterScene scene, List<NodeStanding> nodes, Findings findings) {
        NodeAdvice advice = new NodeAdvice(scene, nodes, findings);
        for (NodeStanding node : nodes) {
            advice.reachable(node);
            if (node.connected()) {
                advice.paths(node);
                advice.networks(node);
            } else {
                advice.absent(node);
            }
            advice.elsewhere(node);
        }
        advice.commonPortals();
    }

    private void say(NodeStanding node, String level, String text, String remedy) {
        findings.add(level, "node " + node.name(), text, remedy);
    }

    private String script(NodeStanding node) {
        return "run on it what 'kume cluster script %s --powershell --node %s' prints (Linux: --bash)"
                .formatted(cluster.name(), node.name());
    }

    private void reachable(NodeStanding node) {
        String target = node.target().name();
        if (!node.target().enabled()) {
            say(
                    node,
                    Advice.WARNING,
                    "%s cannot log in anew: its target '%s' is disabled".formatted(node.name(), target),
                    "kume target enable " + target);
        } else if (node.ways().isEmpty() && !scene.portals().isEmpty()) {
            say(
                    node,
                    Advice.WARNING,
                    "%s cannot log in: none of the portals of its target '%s' is open".formatted(node.name(), target),
                    "kume target set %s --all-portals, or open the portal in kume.yaml".formatted(target));
        }
    }

    // ---- nodes that are not there
    // ---------------------------------------------------------------------------------------

    private void absent(NodeStanding node) {
        InitiatorView seen = node.seen();
        if (seen == null) {
            say(node, Advice.WARNING, node.name() + " has never been seen" + strangers(), script(node));
            return;
        }
        Instant last = Objects.requireNonNullElse(node.lastSeen(), seen.lastSeen());
        String when = Sentences.ago(last, scene.now()) + " ago";
        if (seen.outcome().equals(InitiatorView.REFUSED)) {
            say(
                    node,
                    Advice.WARNING,
                    "%s was refused %s, from %s: %s"
                            .formatted(
                                    node.name(), when, seen.address(), Objects.requireNonNullElse(seen.reason(), "")),
                    "compare it with what 'kume target show %s' asks for"
                            .formatted(node.target().name()));
        } else if (seen.lastTarget() == null) {
            say(
                    node,
                    Advice.WARNING,
                    "%s has looked for targets %s, from %s, and has not logged in"
                            .formatted(node.name(), when, seen.address()),
                    script(node));
        } else {
            say(
                    node,
                    Advice.WARNING,
                    "%s is not connected; it was last seen %s, from %s".formatted(node.name(), when, seen.address()),
                    "look at the host and its storage network: its initiator comes back by itself");
        }
    }

    /** Names of nobody that were seen: a node whose initiator has another name than was thought is among them. */
    private String strangers() {
        Set<String> known = new HashSet<>();
        scene.inventory().clusters().forEach(each -> each.nodes().forEach(node -> known.addAll(node.iqns())));
        List<String> names = scene.initiators().stream()
                .filter(seen -> seen.outcome().equals(InitiatorView.REFUSED) || seen.lastTarget() == null)
                .map(InitiatorView::name)
                .filter(name -> !known.contains(name))
                .limit(3)
                .toList();
        return names.isEmpty() ? "" : "; seen and of no node: " + String.join(", ", names);
    }

    private void elsewhere(NodeStanding node) {
        List<String> targets = node.elsewhere().stream()
                .map(session -> Objects.requireNonNullElse(
                        session.target(), Objects.requireNonNullElse(session.targetIqn(), "")))
                .distinct()
                .toList();
        if (!targets.isEmpty()) {
            say(
                    node,
                    Advice.NOTE,
                    "%s is logged in to %s as well, which is not its own in this cluster"
                            .formatted(node.name(), Sentences.named("target", targets)),
                    "log it out there unless it uses other disks: kume session list");
        }
    }

    // ---- paths
    // ------------------------------------------------------------------------------------------------------------

    private void paths(NodeStanding node) {
        int paths = node.paths().size();
        int most = nodes.stream().mapToInt(each -> each.paths().size()).max().orElse(0);
        int ways = node.ways().size();
        if (paths == 1 && ways > 1) {
            say(
                    node,
                    Advice.WARNING,
                    "%s has one path, and there are %d portals: one cable, switch or port less, and it loses its disks"
                            .formatted(node.name(), ways),
                    script(node));
        } else if (paths == 1 && most == 1) {
            say(
                    node,
                    Advice.NOTE,
                    node.name() + " has one path, for there is one portal",
                    "listen on a second network in kume.yaml, then: kume service reload");
        } else if (paths < most) {
            say(
                    node,
                    Advice.WARNING,
                    "%s has %s, and others have %d: a session is missing"
                            .formatted(node.name(), Sentences.count(paths, "path"), most),
                    script(node));
        } else if (paths > 1 && ways > 1 && portalsOf(node).size() == 1) {
            say(
                    node,
                    Advice.WARNING,
                    "all %d paths of %s go by one portal, %s"
                            .formatted(
                                    paths,
                                    node.name(),
                                    portalsOf(node).iterator().next()),
                    script(node));
        }
    }

    private static Set<String> portalsOf(NodeStanding node) {
        Set<String> portals = new LinkedHashSet<>();
        node.paths().values().forEach(session -> portals.add(session.portal()));
        return portals;
    }

    private void networks(NodeStanding node) {
        for (SessionView session : node.paths().values()) {
            HostNetwork network = node.networkOfPortal(session);
            if (network != null && node.networkOf(session) == null) {
                say(
                        node,
                        Advice.WARNING,
                        "%s comes from %s, which is not on the network %s of the portal: by a router, or the wrong card"
                                .formatted(
                                        node.name(),
                                        Endpoint.parse(session.address()).host(),
                                        network.text()),
                        "log it in from its address on %s, and out of session %d"
                                .formatted(network.text(), session.id()));
            }
        }
    }

    /** A portal that one node uses alone, while the others have one in common, is the wrong network of that node. */
    private void commonPortals() {
        List<NodeStanding> there =
                nodes.stream().filter(NodeStanding::connected).toList();
        for (NodeStanding node : there) {
            List<NodeStanding> others =
                    there.stream().filter(each -> each != node).toList();
            Set<String> alone = portalsOf(node);
            others.forEach(other -> alone.removeAll(portalsOf(other)));
            if (alone.size() != portalsOf(node).size() || others.isEmpty()) {
                continue;
            }
            Set<String> common = new LinkedHashSet<>(portalsOf(others.getFirst()));
            others.forEach(other -> common.retainAll(portalsOf(other)));
            if (others.size() == 1) {
                between(node, others.getFirst());
            } else if (!common.isEmpty()) {
                say(
                        node,
                        Advice.WARNING,
                        "%s comes by %s, and the other nodes by %s: it is on another network than they are"
                                .formatted(
                                        node.name(),
                                        Sentences.list(List.copyOf(alone)),
                                        Sentences.list(List.copyOf(common))),
                        script(node));
            }
        }
    }

    /** Of two nobody can say which of them is wrong; it is said once. */
    private void between(NodeStanding node, NodeStanding other) {
        if (nodes.indexOf(node) > nodes.indexOf(other)) {
            return;
        }
        List<String> ways = new ArrayList<>();
        for (NodeStanding each : List.of(node, other)) {
            ways.add("%s comes by %s".formatted(each.name(), Sentences.list(List.copyOf(portalsOf(each)))));
        }
        List<String> shared = node.ways().stream()
                .filter(other.ways()::contains)
                .map(Portal::address)
                .toList();
        findings.add(
                Advice.WARNING,
                "cluster " + cluster.name(),
                "the nodes have no storage network in common: " + String.join(", ", ways),
                shared.isEmpty()
                        ? "let their targets be seen by the same portals: kume target set TARGET --all-portals"
                        : "log both in by " + Sentences.list(shared));
    }
}
