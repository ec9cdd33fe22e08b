package dev.kume.cli.command;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ClusterView;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.api.StatisticsView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.top.Latency;
import dev.kume.cli.top.Meter;
import dev.kume.cli.top.Sample;
import dev.kume.cli.top.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks the daemon for what {@code kume top} shows. */
final class TopSource {
    private static final String PORT = ":3260";

    private final Invocation invocation;

    TopSource(Invocation invocation) {
        this.invocation = invocation;
    }

    Sample sample() {
        ApiClient api = invocation.api();
        StatisticsView statistics = api.get(ApiPaths.STATISTICS).as(StatisticsView.class);
        long takenNanos = invocation.environment().clock().nanoTime();
        StatusView status = api.get(ApiPaths.STATUS).as(StatusView.class);
        Map<String, String> nodes = new HashMap<>();
        for (ClusterView cluster :
                api.get(ApiPaths.CLUSTERS).as(ClusterView.Listing.class).clusters()) {
            cluster.nodes().forEach(node -> node.iqns().forEach(iqn -> nodes.put(iqn, node.name())));
        }
        Map<String, String> owners = new HashMap<>();
        for (ReservationView disk :
                api.get(ApiPaths.RESERVATIONS).as(ReservationView.Listing.class).reservations()) {
            ReservationView.Held held = disk.reservation();
            ReservationView.Nexus holder = held == null ? disk.reservedBy() : held.holder();
            if (holder != null) {
                owners.put(disk.disk(), nodes.getOrDefault(holder.initiator(), holder.initiator()));
            }
        }
        int critical = (int) status.alarms().stream()
                .filter(alarm -> alarm.severity().equals(AlarmView.CRITICAL))
                .count();
        return new Sample(
                takenNanos,
                status.host(),
                status.state(),
                status.uptimeSeconds(),
                Map.of(
                        View.DISK, disks(statistics, owners),
                        View.SESSION, sessions(statistics, nodes),
                        View.NODE, nodes(statistics, nodes, owners)),
                status.alarms().size(),
                critical);
    }

    private static List<Meter> disks(StatisticsView statistics, Map<String, String> owners) {
        return statistics.disks().stream()
                .map(disk -> meter(disk.disk(), disk.disk(), owners.getOrDefault(disk.disk(), ""), disk.counts()))
                .toList();
    }

    private static List<Meter> sessions(StatisticsView statistics, Map<String, String> nodes) {
        return statistics.sessions().stream()
                .map(session -> meter(
                        String.valueOf(session.id()),
                        session.id() + " " + nodes.getOrDefault(session.initiator(), session.initiator()),
                        address(session.portal()) + " " + session.targetIqn(),
                        session.counts()))
                .toList();
    }

    /** Without the port that all have. */
    private static String address(String portal) {
        return portal.endsWith(PORT) ? portal.substring(0, portal.length() - PORT.length()) : portal;
    }

    /** All sessions of a node, or of an initiator that is of none, in one. */
    private static List<Meter> nodes(StatisticsView statistics, Map<String, String> nodes, Map<String, String> owners) {
        Map<String, List<Meter>> sessions = new LinkedHashMap<>();
        for (StatisticsView.Session session : statistics.sessions()) {
            String node = nodes.getOrDefault(session.initiator(), session.initiator());
            sessions.computeIfAbsent(node, any -> new ArrayList<>()).add(meter(node, node, "", session.counts()));
        }
        List<Meter> meters = new ArrayList<>();
        sessions.forEach((node, each) -> {
            long owned = owners.values().stream().filter(node::equals).count();
            meters.add(each.stream().reduce(Meter::plus).orElseThrow().about(Words.count(owned, "disk")));
        });
        return meters;
    }

    private static Meter meter(String id, String name, String about, StatisticsView.Counts counts) {
        return new Meter(
                id,
                name,
                about,
                counts.reads(),
                counts.writes(),
                counts.readBytes(),
                counts.writtenBytes(),
                counts.errors(),
                counts.outstanding(),
                latency(counts.queue()),
                latency(counts.service()));
    }

    private static Latency latency(StatisticsView.Times times) {
        return new Latency(
                times.count(),
                times.nanos(),
                times.buckets().stream()
                        .map(bucket -> new Latency.Bucket(
                                Objects.requireNonNullElse(bucket.upToNanos(), Long.MAX_VALUE), bucket.count()))
                        .toList());
    }
}
