package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Change;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Owner;
import dev.kume.cli.api.ClusterStatusView.Share;
import dev.kume.cli.api.ClusterStatusView.Stranger;
import dev.kume.cli.api.SessionView;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.scsi.NexusActivity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One disk at one moment: who holds it, and how each node stands with it. */
final class DiskStanding {
    private final ClusterScene scene;
    private final Map<String, NodeStanding> nodesByIqn;
    private final Set<ITNexus> logins;
    private final ClusterDisk disk;
    private final DiskRecord record;
    private final DiskScene seen;

    /**
     * @param nodesByIqn the nodes, by each of their initiator names
     * @param logins     every nexus that has a session
     */
    DiskStanding(ClusterScene scene, Map<String, NodeStanding> nodesByIqn, Set<ITNexus> logins, ClusterDisk disk) {
        this.scene = scene;
        this.nodesByIqn = nodesByIqn;
        this.logins = logins;
        this.disk = disk;
        this.record = scene.inventory().disk(disk.disk());
        this.seen = scene.disk(record.name());
    }

    /** @param nodes in the order of the cluster */
    Disk view(List<NodeStanding> nodes) {
        return new Disk(
                record.name(),
                disk.role().word(),
                disk.lun(),
                Sizes.format(record.sizeBytes()),
                record.sizeBytes(),
                record.identity().serial(),
                record.identity().naa(),
                record.profile().vendor(),
                record.profile().product(),
                seen.offlineReason(),
                owner(),
                shares(nodes),
                strangers(),
                lastChange());
    }

    // ---- the owner
    // ----------------------------------------------------------------------------------------------------

    private @Nullable Owner owner() {
        Reservation held = seen.reservations().reservation();
        if (held != null) {
            Registration registration = seen.reservations().registrationOf(held.holder());
            long key = registration == null ? 0 : registration.key();
            return owner(
                    held.holder(),
                    key,
                    ReservationWords.type(held.type()),
                    held.type().code(),
                    held.since());
        }
        ITNexus reservedBy = seen.reservedBy();
        return reservedBy == null ? null : owner(reservedBy, 0, "RESERVE (SCSI-2)", 0, null);
    }

    private Owner owner(ITNexus holder, long key, String type, int code, @Nullable Instant since) {
        NodeStanding node = nodesByIqn.get(holder.initiatorName());
        String byKey = node == null ? nodeOf(key) : null;
        return new Owner(
                node == null ? byKey : node.name(),
                holder.initiatorName(),
                "%012x".formatted(holder.isid()),
                key == 0 ? null : ReservationWords.key(key),
                type,
                code,
                since,
                node == null ? logins.contains(holder) : node.connected(),
                byKey != null);
    }

    /** The one node that has had this key; null when none or several had it. */
    private @Nullable String nodeOf(long key) {
        List<String> nodes = key == 0 ? List.of() : scene.keys().of(key);
        return nodes.size() == 1 ? nodes.getFirst() : null;
    }

    // ---- the nodes
    // ----------------------------------------------------------------------------------------------------

    private List<Share> shares(List<NodeStanding> nodes) {
        Map<NodeStanding, List<Registration>> registered = new HashMap<>();
        for (Registration registration : seen.reservations().registrations()) {
            NodeStanding node = nodesByIqn.get(registration.nexus().initiatorName());
            if (node != null) {
                registered.computeIfAbsent(node, any -> new ArrayList<>()).add(registration);
            }
        }
        Map<NodeStanding, LastUse> uses = new HashMap<>();
        for (NexusActivity activity : seen.activity()) {
            NodeStanding node = nodesByIqn.get(activity.nexus().initiatorName());
            if (node != null) {
                uses.merge(node, LastUse.of(activity), LastUse::later);
            }
        }
        boolean byAll = disk.role() == ClusterRole.CSV && !registered.isEmpty();
        return nodes.stream()
                .map(node -> share(
                        node, registered.getOrDefault(node, List.of()), byAll, uses.getOrDefault(node, LastUse.NONE)))
                .toList();
    }

    private record LastUse(@Nullable Instant read, @Nullable Instant write) {
        private static final LastUse NONE = new LastUse(null, null);

        private static LastUse of(NexusActivity activity) {
            return new LastUse(activity.reads().last(), activity.writes().last());
        }

        private LastUse later(LastUse other) {
            return new LastUse(NodeStanding.later(read, other.read), NodeStanding.later(write, other.write));
        }
    }

    private Share share(NodeStanding node, List<Registration> registrations, boolean byAll, LastUse use) {
        node.used(use.read(), use.write());
        List<String> missing = new ArrayList<>();
        int registered = 0;
        boolean expected = byAll || !registrations.isEmpty();
        for (Map.Entry<ITNexus, SessionView> path : node.paths().entrySet()) {
            if (seen.reservations().registrationOf(path.getKey()) != null) {
                registered++;
            } else if (expected) {
                missing.add(NodeStanding.way(path.getValue()));
            }
        }
        int stale = node.connected()
                ? (int) registrations.stream()
                        .filter(each -> isStale(each, node))
                        .count()
                : 0;
        Set<String> keys = new LinkedHashSet<>();
        registrations.forEach(each -> keys.add(ReservationWords.key(each.key())));
        return new Share(
                node.name(),
                state(node, registrations, missing, stale),
                node.paths().size(),
                registered,
                missing,
                stale,
                List.copyOf(keys),
                use.read(),
                use.write());
    }

    /** Those that ALL_TG_PT made for other ports of a session are not what an earlier one left. */
    private static boolean isStale(Registration registration, NodeStanding node) {
        ITNexus nexus = registration.nexus();
        if (node.paths().containsKey(nexus)) {
            return false;
        }
        boolean sameInitiatorPort = node.paths().keySet().stream()
                .anyMatch(path -> path.initiatorName().equals(nexus.initiatorName()) && path.isid() == nexus.isid());
        return !(registration.allTargetPorts() && sameInitiatorPort);
    }

    private static String state(NodeStanding node, List<Registration> registrations, List<String> missing, int stale) {
        if (!missing.isEmpty()) {
            return Share.MISSING;
        }
        if (registrations.isEmpty()) {
            return Share.NONE;
        }
        if (!node.connected()) {
            return Share.AWAY;
        }
        return stale > 0 ? Share.STALE : Share.COMPLETE;
    }

    // ---- strangers and the past
    // -----------------------------------------------------------------------------------------

    private List<Stranger> strangers() {
        return seen.reservations().registrations().stream()
                .filter(each -> !nodesByIqn.containsKey(each.nexus().initiatorName()))
                .map(each -> new Stranger(
                        each.nexus().initiatorName(),
                        ReservationWords.key(each.key()),
                        nodeOf(each.key()),
                        logins.contains(each.nexus()),
                        seen.reservations().isHolder(each.nexus())))
                .toList();
    }

    private @Nullable Change lastChange() {
        return seen.history().events().reversed().stream()
                .filter(event -> movesTheDisk(event))
                .map(this::change)
                .findFirst()
                .orElse(null);
    }

    /** The plain registrations are many, and tell little. */
    private static boolean movesTheDisk(ReservationEvent event) {
        return switch (event.cause()) {
            case REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY -> false;
            case RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_AND_ABORT, REGISTER_AND_MOVE -> true;
            case CLEARED, UNMAPPED, POWER_LOST, REMOVED -> true;
        };
    }

    private Change change(ReservationEvent event) {
        Set<String> from = new LinkedHashSet<>();
        for (Registration gone : event.removed()) {
            from.add(name(gone.nexus().initiatorName(), gone.key()));
        }
        ITNexus by = event.by();
        return new Change(
                event.at(),
                by == null ? without(event) : name(by.initiatorName(), event.key()),
                event.cause().name().replace('_', ' '),
                List.copyOf(from));
    }

    private static String without(ReservationEvent event) {
        return event.cause() == ReservationEvent.Cause.POWER_LOST ? "the restart of the host" : "administrator";
    }

    private String name(String initiator, long key) {
        NodeStanding node = nodesByIqn.get(initiator);
        if (node != null) {
            return node.name();
        }
        String byKey = nodeOf(key);
        return byKey == null ? initiator : byKey;
    }
}
