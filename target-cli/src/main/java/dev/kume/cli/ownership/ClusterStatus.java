package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Share;
import dev.kume.cli.api.SessionView;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.nexus.ITNexus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How a cluster stands: a pure function of all that is known of it. The rules of its health are in docs/cli.md. */
public final class ClusterStatus {
    private final ClusterScene scene;
    private final Findings findings = new Findings();

    private ClusterStatus(ClusterScene scene) {
        this.scene = scene;
    }

    public static ClusterStatusView of(ClusterScene scene) {
        return new ClusterStatus(scene).view();
    }

    private ClusterStatusView view() {
        Reach reach = new Reach(scene.portals(), scene.networks());
        Map<String, NodeStanding> byIqn = new HashMap<>();
        List<NodeStanding> nodes = new ArrayList<>();
        for (ClusterNode node : scene.cluster().nodes()) {
            NodeStanding standing = new NodeStanding(scene, reach, node);
            nodes.add(standing);
            node.iqns().forEach(iqn -> byIqn.put(iqn, standing));
        }
        Set<ITNexus> logins = new HashSet<>();
        for (SessionView session : scene.sessions()) {
            NodeStanding node = byIqn.get(session.initiator());
            if (node != null) {
                node.add(session);
            }
            ITNexus nexus = nexus(session);
            if (nexus != null) {
                logins.add(nexus);
            }
        }
        List<Disk> disks = scene.cluster().disks().stream()
                .map(disk -> new DiskStanding(scene, byIqn, logins, disk).view(nodes))
                .toList();
        return judged(reach, nodes, disks);
    }

    private static @Nullable ITNexus nexus(SessionView session) {
        String target = session.targetIqn();
        return target == null
                ? null
                : new ITNexus(
                        session.initiator(),
                        Long.parseUnsignedLong(session.isid(), 16),
                        target,
                        session.portalGroupTag());
    }

    private ClusterStatusView judged(Reach reach, List<NodeStanding> nodes, List<Disk> disks) {
        boolean formed = disks.stream().anyMatch(disk -> scene.disk(disk.name()).used());
        boolean connected = nodes.stream().anyMatch(NodeStanding::connected);
        scene.alarms().forEach(findings::add);
        if (reach.portals().isEmpty()) {
            findings.add(
                    Advice.PROBLEM,
                    "cluster " + scene.cluster().name(),
                    "no portal is open: no node can connect",
                    "name an address under portals in kume.yaml, then: kume service reload");
        }
        if (formed && !connected) {
            findings.add(
                    Advice.PROBLEM,
                    "cluster " + scene.cluster().name(),
                    "no node is connected",
                    "look at the storage network, then at the hosts: their initiators come back by themselves");
        }
        NodeAdvice.give(scene, nodes, findings);
        DiskAdvice.give(scene, disks, formed, connected, findings);
        sharedKeys(disks);
        String health = health(formed);
        return new ClusterStatusView(
                scene.cluster().name(),
                health,
                reasons(health, nodes, disks),
                scene.now(),
                reach.portals(),
                nodes.stream().map(NodeStanding::view).toList(),
                disks,
                findings.all());
    }

    private String health(boolean formed) {
        if (!findings.problems().isEmpty()) {
            return ClusterStatusView.FAILED;
        }
        if (!formed) {
            return ClusterStatusView.UNFORMED;
        }
        return findings.warnings().isEmpty() ? ClusterStatusView.HEALTHY : ClusterStatusView.DEGRADED;
    }

    private List<String> reasons(String health, List<NodeStanding> nodes, List<Disk> disks) {
        return switch (health) {
            case ClusterStatusView.FAILED -> findings.problems();
            case ClusterStatusView.DEGRADED -> findings.warnings();
            case ClusterStatusView.UNFORMED ->
                List.of("no node has registered with a disk yet: the cluster is declared here and not formed there");
            default ->
                List.of("%s connected, %s held"
                        .formatted(
                                Sentences.count(nodes.size(), "node"),
                                Sentences.count(
                                        (int) disks.stream()
                                                .filter(disk -> disk.owner() != null)
                                                .count(),
                                        "disk")));
        };
    }

    /** A PREEMPT of a key that two nodes have fences both. */
    private void sharedKeys(List<Disk> disks) {
        Map<String, TreeSet<String>> nodesByKey = new HashMap<>();
        for (Disk disk : disks) {
            for (Share share : disk.nodes()) {
                for (String key : share.keys()) {
                    nodesByKey.computeIfAbsent(key, any -> new TreeSet<>()).add(share.node());
                }
            }
        }
        nodesByKey.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> findings.add(
                        Advice.WARNING,
                        "cluster " + scene.cluster().name(),
                        "%s have one reservation key, %s: fencing one fences all"
                                .formatted(Sentences.list(List.copyOf(entry.getValue())), entry.getKey()),
                        "give each its own: on Linux reservation_key or fence_scsi's key; on Windows rejoin the node"));
    }
}
