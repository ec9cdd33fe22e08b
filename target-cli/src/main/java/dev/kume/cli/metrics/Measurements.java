package dev.kume.cli.metrics;

import dev.kume.cli.api.SessionView;
import dev.kume.core.Clock;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.LogicalUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes what is counted together: by disk, session, target and host. Any thread; a look waits for the event loops. */
public final class Measurements {
    private static final int HEX = 16;

    private final MetricsSight sight;
    private final Clock clock;
    private final long startNanos;
    private final NexusLoads nexuses = new NexusLoads();

    /** What tells hosts apart. */
    private record Host(String name, @Nullable String cluster) {}

    public Measurements(MetricsSight sight, Clock clock) {
        this.sight = sight;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    Snapshot look() {
        Inventory inventory = sight.inventory();
        Map<UUID, LogicalUnit> units = sight.units();
        Map<ITNexus, LoadFigures> loads = nexuses.look(units.values());
        List<Snapshot.Session> sessions = sight.sessions().stream()
                .filter(session -> session.targetIqn() != null)
                .sorted(Comparator.comparingLong(SessionView::id))
                .map(session -> new Snapshot.Session(session, loads.getOrDefault(nexus(session), LoadFigures.NONE)))
                .toList();
        SortedMap<String, LoadFigures> targets = new TreeMap<>();
        loads.forEach((nexus, load) -> targets.merge(nexus.targetName(), load, LoadFigures::plus));
        return new Snapshot(
                clock.nanoTime() - startNanos,
                disks(inventory, units),
                sessions,
                targets,
                hosts(inventory, loads, sessions),
                sight.alarms(),
                sight.server(),
                sight.diskThreads());
    }

    private static SortedMap<String, Snapshot.Disk> disks(Inventory inventory, Map<UUID, LogicalUnit> units) {
        SortedMap<String, Snapshot.Disk> disks = new TreeMap<>();
        for (DiskRecord disk : inventory.disks()) {
            LogicalUnit unit = units.get(disk.identity().uuid());
            if (unit != null) {
                disks.put(
                        disk.name(),
                        new Snapshot.Disk(
                                unit.nexuses().load(),
                                unit.events().figures(),
                                unit.state().disk() != null,
                                disk.sizeBytes()));
            }
        }
        return disks;
    }

    private static List<Snapshot.Node> hosts(
            Inventory inventory, Map<ITNexus, LoadFigures> loads, List<Snapshot.Session> sessions) {
        Map<String, Host> hosts = new HashMap<>();
        for (ClusterRecord cluster : inventory.clusters()) {
            for (ClusterNode node : cluster.nodes()) {
                node.iqns().forEach(iqn -> hosts.put(iqn, new Host(node.name(), cluster.name())));
            }
        }
        Map<Host, LoadFigures> sums = new HashMap<>();
        loads.forEach((nexus, load) -> sums.merge(host(hosts, nexus.initiatorName()), load, LoadFigures::plus));
        Map<Host, Integer> counts = new HashMap<>();
        hosts.values().forEach(host -> counts.put(host, 0));
        sessions.forEach(session -> counts.merge(host(hosts, session.view().initiator()), 1, Integer::sum));
        sums.keySet().forEach(host -> counts.putIfAbsent(host, 0));
        List<Snapshot.Node> nodes = new ArrayList<>();
        counts.forEach((host, count) -> nodes.add(
                new Snapshot.Node(host.name(), host.cluster(), sums.getOrDefault(host, LoadFigures.NONE), count)));
        nodes.sort(Comparator.comparing(Snapshot.Node::name)
                .thenComparing(Snapshot.Node::cluster, Comparator.nullsFirst(Comparator.naturalOrder())));
        return nodes;
    }

    private static Host host(Map<String, Host> hosts, String initiator) {
        Host host = hosts.get(initiator);
        return host == null ? new Host(initiator, null) : host;
    }

    private static ITNexus nexus(SessionView session) {
        return new ITNexus(
                session.initiator(),
                Long.parseLong(session.isid(), HEX),
                String.valueOf(session.targetIqn()),
                session.portalGroupTag());
    }
}
