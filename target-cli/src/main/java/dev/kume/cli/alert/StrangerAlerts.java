package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarm.Kind;
import dev.kume.cli.ownership.Hosts;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that are of no node, and have a say in who may write a disk of a cluster. Confined to the thread that looks.
 */
final class StrangerAlerts {
    static final Set<Kind> KINDS = EnumSet.of(Kind.STRANGER_REGISTERED, Kind.STRANGER_RESERVED);

    /** A node that is added registers before or after its name is known here. */
    static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Lasting<Alarm.Key> lasting = new Lasting<>();

    /** What is wrong at this look; disks by their names. */
    List<Finding> look(Inventory inventory, Map<String, DiskLook> disks, long nowNanos) {
        List<Finding> findings = new ArrayList<>();
        for (ClusterRecord cluster : inventory.clusters()) {
            for (ClusterDisk disk : cluster.disks()) {
                DiskLook look = disks.get(inventory.disk(disk.disk()).name());
                if (look != null) {
                    look(cluster, look, nowNanos, findings);
                }
            }
        }
        lasting.looked();
        return findings;
    }

    private void look(ClusterRecord cluster, DiskLook disk, long nowNanos, List<Finding> findings) {
        Reservation held = disk.reservations().reservation();
        ITNexus holder = held == null ? disk.reservedBy() : held.holder();
        Set<String> registered = new LinkedHashSet<>();
        for (Registration registration : disk.reservations().registrations()) {
            String host = stranger(cluster, registration.nexus());
            if (host != null) {
                registered.add(host);
            }
        }
        String holds = holder == null ? null : stranger(cluster, holder);
        if (holds != null) {
            registered.remove(holds);
            find(cluster, disk, Kind.STRANGER_RESERVED, holds, nowNanos, findings);
        }
        registered.forEach(host -> find(cluster, disk, Kind.STRANGER_REGISTERED, host, nowNanos, findings));
    }

    private static @Nullable String stranger(ClusterRecord cluster, ITNexus nexus) {
        boolean ours = !Hosts.own(nexus) || cluster.nodeOf(nexus.initiatorName()) != null;
        return ours ? null : nexus.initiatorName();
    }

    private void find(
            ClusterRecord cluster, DiskLook disk, Kind kind, String host, long nowNanos, List<Finding> findings) {
        String name = disk.disk().name();
        Alarm.Key key = Alarm.Key.disk(kind, disk.disk().identity().uuid(), host);
        if (lasting.holds(key, nowNanos, LASTS_NANOS)) {
            findings.add(new Finding(
                    key,
                    "disk '%s' is %s %s, which is of no node of %s"
                            .formatted(
                                    name,
                                    kind == Kind.STRANGER_RESERVED ? "held by" : "registered with by",
                                    host,
                                    cluster.name()),
                    "make it a node (kume cluster add-node %s NAME=%s), or stop it and run: kume reservation clear %s"
                            .formatted(cluster.name(), host, name)));
        }
    }
}
