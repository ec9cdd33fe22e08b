package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Subject;
import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterVerifyView;
import dev.kume.cli.ownership.ClusterScene;
import dev.kume.cli.ownership.ClusterStatus;
import dev.kume.cli.ownership.ClusterSteps;
import dev.kume.cli.ownership.DiskScene;
import dev.kume.cli.ownership.HostNetwork;
import dev.kume.cli.ownership.Hosts;
import dev.kume.cli.ownership.KeyBook;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.scsi.UnitState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers what is known of a cluster at one moment, and has it judged. Any thread. */
final class ClusterReports {
    private static final Set<String> WORDS = Set.of("status", "verify");

    /** What the advice says by itself, and without a time of grace. */
    private static final Set<Alarm.Kind> ADVISED = EnumSet.of(
            Alarm.Kind.DISK_OFFLINE,
            Alarm.Kind.NODE_GONE,
            Alarm.Kind.NODE_ONE_PATH,
            Alarm.Kind.STRANGER_REGISTERED,
            Alarm.Kind.STRANGER_RESERVED);

    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final Clock clock;
    private final int spacePercent;
    private final KeyBook keys;
    private final Supplier<List<HostNetwork>> networks;

    /**
     * @param keys     learns with every look
     * @param networks those that this host is on
     */
    ClusterReports(
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            Clock clock,
            Limits limits,
            KeyBook keys,
            Supplier<List<HostNetwork>> networks) {
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.clock = clock;
        this.spacePercent = limits.getInt(Limit.SOFT_THRESHOLD_PERCENT);
        this.keys = keys;
        this.networks = networks;
    }

    /** True of the paths below a cluster that are about how it stands. */
    static boolean isAbout(List<String> path) {
        return path.size() == 3 && WORDS.contains(path.getLast());
    }

    /** Those paths. */
    ApiAnswer answer(ApiRequest request) {
        if (request.path().size() != 3 || !request.method().equals("GET")) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of());
        String name = request.path().get(1);
        return switch (request.path().getLast()) {
            case "status" -> ApiAnswer.ok(status(name));
            case "verify" -> ApiAnswer.ok(verify(name));
            default -> throw request.unsupported();
        };
    }

    private ClusterStatusView status(String name) {
        return ClusterStatus.of(scene(name));
    }

    private ClusterVerifyView verify(String name) {
        ClusterScene scene = scene(name);
        return ClusterSteps.of(scene, ClusterStatus.of(scene));
    }

    /** Learns the keys of all clusters, so that a node which is gone before anybody looks leaves its name. */
    void learn() {
        Inventory inventory = changes.current();
        keys.keep(inventory.clusters());
        for (ClusterRecord cluster : inventory.clusters()) {
            for (ClusterDisk disk : cluster.disks()) {
                UnitState state = exports.unitState(inventory.disk(disk.disk()));
                if (state != null) {
                    learn(cluster, disk, state);
                }
            }
        }
    }

    private void learn(ClusterRecord cluster, ClusterDisk disk, UnitState state) {
        keys.learn(cluster, disk.disk(), state.reservations(), state.durable().history());
    }

    private ClusterScene scene(String name) {
        Inventory inventory = changes.current();
        ClusterRecord cluster = inventory.cluster(name);
        Map<String, DiskScene> disks = new HashMap<>();
        for (ClusterDisk disk : cluster.disks()) {
            DiskRecord record = inventory.disk(disk.disk());
            UnitState state = exports.unitState(record);
            if (state != null) {
                learn(cluster, disk, state);
                disks.put(record.name(), scene(record, state));
            }
        }
        Views views = new Views(inventory, shelf, exports.sessions());
        return new ClusterScene(
                inventory,
                cluster,
                views.sessions(),
                exports.initiators(),
                exports.portals(),
                networks.get(),
                disks,
                keys.keys(cluster),
                alarms(inventory, cluster),
                spacePercent,
                clock.now());
    }

    private DiskScene scene(DiskRecord record, UnitState state) {
        OpenDisk opened = shelf.find(record);
        return new DiskScene(
                opened == null ? null : opened.offlineReason(),
                state.reservations(),
                state.reservedBy(),
                new ReservationHistory(Hosts.events(state.durable().history().events())),
                Hosts.activity(exports.activity(record)),
                exports.freePercent(record));
    }

    /** Those about its disks, and about its nodes wherever they knock. */
    private List<Advice> alarms(Inventory inventory, ClusterRecord cluster) {
        List<Advice> advice = new ArrayList<>();
        for (Alarm alarm : exports.alarms()) {
            String subject = subject(alarm.key(), inventory, cluster);
            if (subject != null && !ADVISED.contains(alarm.key().kind())) {
                String level = switch (alarm.key().kind().severity()) {
                    case WARNING -> Advice.WARNING;
                    case CRITICAL -> Advice.PROBLEM;
                };
                advice.add(new Advice(level, subject, alarm.text(), alarm.remedy()));
            }
        }
        return advice;
    }

    /** What an alarm is about, in the words of advice; null when it is no matter of the cluster. */
    private static @Nullable String subject(Alarm.Key key, Inventory inventory, ClusterRecord cluster) {
        boolean ofNode = key.host() != null && cluster.nodeOf(key.host()) != null;
        return switch (key.subject()) {
            case Subject.Disk(UUID id) -> {
                DiskRecord disk = inventory.findDisk(id);
                yield disk != null && (ofNode || cluster.findDisk(disk.name()) != null) ? "disk " + disk.name() : null;
            }
            case Subject.Node(String of, String name) -> of.equals(cluster.name()) ? "node " + name : null;
            case Subject.Named(Subject.Type type, String name) ->
                switch (type) {
                    case HOST -> ofNode || cluster.nodeOf(name) != null ? "host " + name : null;
                    case CLUSTER -> name.equals(cluster.name()) ? "cluster" : null;
                    case SESSION, PORTAL, FILE_SYSTEM, SERVER -> null;
                };
        };
    }
}
