package dev.kume.cli.daemon;

import dev.kume.cli.api.ClusterView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.SessionView;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.scsi.UnitState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who uses a cluster at this moment: the sessions of its nodes, and what they hold of its disks. Any thread. */
final class ClusterUse {
    private static final String REMEDY = "move its resources and log off at the node first, or add --yes (API: force)";

    private final Inventory inventory;
    private final ClusterRecord cluster;
    private final Exports exports;
    private final List<SessionView> sessions;

    ClusterUse(Inventory inventory, ClusterRecord cluster, Exports exports) {
        this(inventory, cluster, exports, exports.sessions());
    }

    ClusterUse(Inventory inventory, ClusterRecord cluster, Exports exports, List<SessionView> sessions) {
        this.inventory = inventory;
        this.cluster = cluster;
        this.exports = exports;
        this.sessions = sessions;
    }

    /** The sessions of a node on its target, by id. */
    List<ClusterView.Session> sessions(ClusterNode node) {
        String target = inventory.target(node.target()).iqn();
        return sessions.stream()
                .filter(session -> Objects.equals(session.targetIqn(), target)
                        && node.iqns().contains(session.initiator()))
                .map(session -> new ClusterView.Session(session.id(), PeerAddress.withoutPort(session.address())))
                .toList();
    }

    /** Who has a reservation of a disk; null when nobody has. */
    @Nullable
    String holder(ClusterDisk disk) {
        UnitState state = state(disk);
        if (state == null) {
            return null;
        }
        Reservation reservation = state.reservations().reservation();
        ITNexus holder = reservation == null ? state.reservedBy() : reservation.holder();
        return holder == null ? null : nameOf(holder.initiatorName());
    }

    /** Who is registered with a disk, each once. */
    List<String> registered(ClusterDisk disk) {
        UnitState state = state(disk);
        PersistentReservations reservations = state == null ? null : state.reservations();
        return reservations == null
                ? List.of()
                : reservations.registrations().stream()
                        .map(Registration::nexus)
                        .map(ITNexus::initiatorName)
                        .distinct()
                        .map(this::nameOf)
                        .distinct()
                        .toList();
    }

    private @Nullable UnitState state(ClusterDisk disk) {
        DiskRecord record = inventory.disk(disk.disk());
        return exports.unitState(record);
    }

    private String nameOf(String iqn) {
        ClusterNode node = cluster.nodeOf(iqn);
        return node == null ? iqn : node.name();
    }

    /** Refuses to take a node out that is logged in, or holds something. */
    void checkNode(String name) {
        ClusterNode node = cluster.node(name);
        List<String> uses = new ArrayList<>(places(node));
        for (ClusterDisk disk : cluster.disks()) {
            if (node.name().equals(holder(disk))) {
                uses.add("it holds the reservation of disk '%s'".formatted(disk.disk()));
            } else if (registered(disk).contains(node.name())) {
                uses.add("it is registered with disk '%s'".formatted(disk.disk()));
            }
        }
        refuse("node '%s' of cluster '%s'".formatted(node.name(), cluster.name()), uses);
    }

    /** Refuses to take a disk out that nodes see, or have registered with. */
    void checkDisk(String name) {
        ClusterDisk disk = cluster.disk(name);
        List<String> uses = new ArrayList<>(holds(disk));
        cluster.nodes().forEach(node -> places(node).forEach(place -> uses.add("node '" + node.name() + "' " + place)));
        refuse("disk '%s' of cluster '%s'".formatted(disk.disk(), cluster.name()), uses);
    }

    /** Refuses to end a cluster that is used. */
    void checkAll() {
        List<String> uses = Stream.concat(
                        cluster.nodes().stream()
                                .flatMap(node ->
                                        places(node).stream().map(place -> "node '" + node.name() + "' " + place)),
                        cluster.disks().stream()
                                .flatMap(disk ->
                                        holds(disk).stream().map(held -> held + " of disk '" + disk.disk() + "'")))
                .toList();
        refuse("cluster '%s'".formatted(cluster.name()), uses);
    }

    /** {@code is logged in from 10.0.0.11 and 10.1.0.11}, or nothing. */
    private List<String> places(ClusterNode node) {
        List<String> addresses = sessions(node).stream()
                .map(ClusterView.Session::address)
                .distinct()
                .sorted()
                .toList();
        return addresses.isEmpty() ? List.of() : List.of("is logged in from " + String.join(" and ", addresses));
    }

    private List<String> holds(ClusterDisk disk) {
        String holder = holder(disk);
        List<String> others =
                registered(disk).stream().filter(each -> !each.equals(holder)).toList();
        List<String> holds = new ArrayList<>();
        if (holder != null) {
            holds.add("'%s' holds the reservation".formatted(holder));
        }
        if (!others.isEmpty()) {
            holds.add("%s %s registered".formatted(String.join(", ", others), others.size() == 1 ? "is" : "are"));
        }
        return holds;
    }

    private static void refuse(String what, List<String> uses) {
        if (!uses.isEmpty()) {
            throw new ApiException(ErrorCode.BUSY, "%s is in use: %s".formatted(what, String.join("; ", uses)), REMEDY);
        }
    }
}
