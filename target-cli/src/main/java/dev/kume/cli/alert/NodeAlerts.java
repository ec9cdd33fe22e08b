package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
import dev.kume.cli.alarm.Subject;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.protocol.validation.ClusterValidator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of clusters that were connected and are not, or that had several paths and have one. A node that was never
 * there is no alert, nor is one that restarts within the grace time. Confined to the thread that looks.
 */
final class NodeAlerts {
    static final Set<Kind> KINDS = EnumSet.of(Kind.NODE_GONE, Kind.NODE_ONE_PATH);

    private final Map<Subject.Node, Memory> memories = new HashMap<>();

    /** What was seen of a node. */
    private static final class Memory {
        private int mostPaths;
        private long connectedNanos;
        private long redundantNanos;
        private @Nullable Instant connected;

        private Memory(long firstLookNanos) {
            this.connectedNanos = firstLookNanos;
            this.redundantNanos = firstLookNanos;
        }
    }

    /**
     * All that is known at one moment.
     *
     * @param now for people
     */
    record Scene(
            Inventory inventory,
            List<SessionView> sessions,
            List<InitiatorView> initiators,
            List<StatusView.Portal> portals,
            Instant now,
            long nowNanos) {}

    /** What is wrong at this look. */
    List<Finding> look(Scene scene, AlertSettings settings) {
        List<Finding> findings = new ArrayList<>();
        Set<Subject.Node> there = new HashSet<>();
        for (ClusterRecord cluster : scene.inventory().clusters()) {
            for (ClusterNode node : cluster.nodes()) {
                Subject.Node subject = new Subject.Node(cluster.name(), node.name());
                there.add(subject);
                Memory memory = memories.computeIfAbsent(subject, any -> new Memory(scene.nowNanos()));
                look(subject, node, memory, scene, settings, findings);
            }
        }
        memories.keySet().retainAll(there);
        return findings;
    }

    private static void look(
            Subject.Node subject,
            ClusterNode node,
            Memory memory,
            Scene scene,
            AlertSettings settings,
            List<Finding> findings) {
        TargetRecord target = scene.inventory().target(node.target());
        int paths = (int) scene.sessions().stream()
                .filter(session -> isPath(session, node, target))
                .count();
        if (paths > 0) {
            memory.connectedNanos = scene.nowNanos();
            memory.connected = scene.now();
        }
        memory.mostPaths = Math.max(paths, memory.mostPaths);
        if (paths > 1 || memory.mostPaths <= 1 || ways(target, scene.portals()) <= 1) {
            memory.redundantNanos = scene.nowNanos();
        }
        long grace = settings.nodeGraceNanos();
        if (paths == 0) {
            boolean was = memory.connected != null || wasThere(node, target, scene.initiators());
            if (was && target.enabled() && scene.nowNanos() - memory.connectedNanos >= grace) {
                gone(subject, memory, findings);
            }
        } else if (paths == 1 && scene.nowNanos() - memory.redundantNanos >= grace) {
            onePath(subject, memory, findings);
        }
    }

    private static boolean isPath(SessionView session, ClusterNode node, TargetRecord target) {
        return target.iqn().equals(session.targetIqn())
                && node.iqns().contains(session.initiator())
                && !ClusterValidator.isValidator(Long.parseUnsignedLong(session.isid(), 16));
    }

    /** Addresses by which the target can be reached; one for all addresses of the host counts as several. */
    private static int ways(TargetRecord target, List<StatusView.Portal> portals) {
        int ways = 0;
        for (StatusView.Portal portal : portals) {
            if (target.portals().isEmpty() || target.portals().contains(portal.name())) {
                boolean any = portal.address().startsWith("0.0.0.0:")
                        || portal.address().startsWith("[::]:");
                ways += any ? 2 : 1;
            }
        }
        return ways;
    }

    private static boolean wasThere(ClusterNode node, TargetRecord target, List<InitiatorView> initiators) {
        return initiators.stream()
                .anyMatch(seen -> node.iqns().contains(seen.name())
                        && target.iqn().equals(seen.lastTarget())
                        && seen.outcome().equals(InitiatorView.LOGGED_IN));
    }

    private static void gone(Subject.Node node, Memory memory, List<Finding> findings) {
        String since = memory.connected == null ? "since the start of the daemon" : "since " + memory.connected;
        findings.add(new Finding(
                Alarm.Key.of(Kind.NODE_GONE, node),
                "node %s of %s has had no session %s".formatted(node.name(), node.cluster(), since),
                "look at the host and its storage network; for what it does not have now: kume cluster status "
                        + node.cluster()));
    }

    private static void onePath(Subject.Node node, Memory memory, List<Finding> findings) {
        findings.add(new Finding(
                Alarm.Key.of(Kind.NODE_ONE_PATH, node),
                "node %s of %s has one path left of %d: one cable, switch or port less, and it loses its disks"
                        .formatted(node.name(), node.cluster(), memory.mostPaths),
                "look at its other storage network; to see which: kume cluster status " + node.cluster()));
    }
}
