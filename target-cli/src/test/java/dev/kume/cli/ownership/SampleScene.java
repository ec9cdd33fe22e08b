package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterVerifyView;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.NexusActivity;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of nodes {@code hv-node1}, {@code hv-node2} ... with the disks {@code quorum}, {@code vms} and {@code
 * shared}, two portals on a network each, and whatever a test lets happen to it.
 */
public final class SampleScene {
    public static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    static final String PORTAL_A = "192.168.10.1:3260";
    static final String PORTAL_B = "192.168.20.1:3260";
    static final String QUORUM = "quorum";
    static final String VMS = "vms";
    static final String SHARED = "shared";

    private static final long MILLIS = 1_000_000;

    private final List<String> nodes;
    private final List<DiskRecord> disks = new ArrayList<>();
    private final List<ClusterDisk> clusterDisks = new ArrayList<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private final Map<String, TargetRecord> targets = new HashMap<>();
    private final List<SessionView> sessions = new ArrayList<>();
    private final List<InitiatorView> initiators = new ArrayList<>();
    private final Map<String, DiskState> states = new HashMap<>();
    private final SplittableRandom random = new SplittableRandom(11);
    List<StatusView.Portal> portals = List.of(portal("storage-a", PORTAL_A), portal("storage-b", PORTAL_B));
    List<HostNetwork> networks = List.of(network("192.168.10.1"), network("192.168.20.1"));
    List<Advice> alarms = List.of();
    KeyBook book = new KeyBook(100);

    /** What a test does to a disk. */
    private static final class DiskState {
        private final List<Registration> registrations = new ArrayList<>();
        private final List<ReservationEvent> events = new ArrayList<>();
        private final List<NexusActivity> activity = new ArrayList<>();
        private @Nullable Reservation reservation;
        private @Nullable ITNexus reservedBy;
        private @Nullable String offline;
        private @Nullable Integer freePercent;
    }

    private SampleScene(int nodeCount) {
        nodes = new ArrayList<>();
        for (int i = 1; i <= nodeCount; i++) {
            nodes.add("hv-node" + i);
            targets.put("hv-node" + i, target("hv-node" + i, i));
        }
        disk(QUORUM, ClusterRole.WITNESS);
        disk(VMS, ClusterRole.DATA);
        disk(SHARED, ClusterRole.CSV);
    }

    /** Declared, and nobody has been there yet. */
    public static SampleScene declared(int nodeCount) {
        return new SampleScene(nodeCount);
    }

    /** All nodes are connected by both ways; nothing has happened to a disk. */
    public static SampleScene connected(int nodeCount) {
        SampleScene scene = new SampleScene(nodeCount);
        for (int i = 1; i <= nodeCount; i++) {
            scene.login(i, 1).login(i, 2);
        }
        return scene;
    }

    /** Node 1 owns all, and every node writes the shared volume. */
    public static SampleScene formed(int nodeCount) {
        SampleScene scene = connected(nodeCount);
        for (String disk : List.of(QUORUM, VMS, SHARED)) {
            scene.register(disk, 1, 1).register(disk, 1, 2).hold(disk, 1, 1);
        }
        for (int i = 2; i <= nodeCount; i++) {
            scene.register(SHARED, i, 1).register(SHARED, i, 2);
        }
        return scene;
    }

    private static StatusView.Portal portal(String name, String address) {
        return new StatusView.Portal(name, address, StatusView.Portal.LISTENING);
    }

    private static HostNetwork network(String address) {
        return new HostNetwork(InetAddress.ofLiteral(address), 24);
    }

    static String iqn(int node) {
        return "iqn.1991-05.com.microsoft:hv-node" + node;
    }

    static String targetIqn(int node) {
        return "iqn.2026-11.dev.kume:store1-hv-node" + node;
    }

    static long key(int node) {
        return 0xA0L + node;
    }

    /** Way 1 is by the first portal, 2 by the second. */
    static ITNexus nexus(int node, int way) {
        return new ITNexus(iqn(node), 0x400001370000L + way, targetIqn(node), way);
    }

    private static TargetRecord target(String name, int portId) {
        return new TargetRecord(
                name,
                targetIqn(portId),
                portId,
                "",
                true,
                List.of(iqn(portId)),
                ChapRule.NONE,
                new TreeMap<>(),
                List.of(),
                null,
                NOW);
    }

    SampleScene target(int node, UnaryOperator<TargetRecord> change) {
        targets.computeIfPresent("hv-node" + node, (name, target) -> change.apply(target));
        return this;
    }

    public SampleScene disk(String name, ClusterRole role) {
        int lun = disks.size();
        disks.add(new DiskRecord(
                name,
                "/disks/" + name,
                "raw",
                "fixed",
                2L << 30,
                false,
                Sharing.CLUSTER,
                SectorFormat.EMULATED_512,
                "",
                DiskIdentity.random(random),
                NOW));
        clusterDisks.add(new ClusterDisk(name, role, lun));
        nodes.forEach(node -> mappings.add(new Mapping(name, node, lun)));
        return this;
    }

    /** A target that is of no node, with this disk under LUN 0. */
    SampleScene mappedElsewhere(String disk, String target) {
        targets.put(target, target(target, nodes.size() + 1));
        mappings.add(new Mapping(disk, target, 0));
        return this;
    }

    SampleScene login(int node, int way) {
        return session(iqn(node), way, targetIqn(node), "192.168.%d0.1%d:49211".formatted(way, node), way);
    }

    SampleScene session(String initiator, int isid, String targetIqn, String from, int way) {
        sessions.add(new SessionView(
                sessions.size() + 1,
                "normal",
                initiator,
                "%012x".formatted(0x400001370000L + isid),
                1,
                from,
                way == 1 ? PORTAL_A : PORTAL_B,
                null,
                targetIqn,
                NOW.minusSeconds(600),
                Map.of(),
                0,
                way,
                null,
                "None",
                new SessionView.Activity(0, 0, 0, 1, 128, 1, 0, false)));
        return this;
    }

    public SampleScene logout(int node, int way) {
        sessions.removeIf(session -> session.initiator().equals(iqn(node)) && session.portalGroupTag() == way);
        return this;
    }

    SampleScene seen(String initiator, String outcome, @Nullable String target, Duration ago, @Nullable String why) {
        initiators.add(new InitiatorView(
                initiator, "192.168.10.99", NOW.minus(ago), NOW.minus(ago), target, outcome, why, 0, false, List.of()));
        return this;
    }

    private DiskState state(String disk) {
        return states.computeIfAbsent(disk, any -> new DiskState());
    }

    public SampleScene register(String disk, int node, int way) {
        return register(disk, nexus(node, way), key(node), false);
    }

    SampleScene register(String disk, ITNexus nexus, long key, boolean allTargetPorts) {
        state(disk).registrations.add(new Registration(nexus, key, allTargetPorts, NOW.minusSeconds(300)));
        return event(disk, nexus, Cause.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key, List.of());
    }

    SampleScene hold(String disk, int node, int way) {
        return hold(disk, nexus(node, way), ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
    }

    SampleScene hold(String disk, ITNexus nexus, ReservationType type) {
        state(disk).reservation = new Reservation(type, nexus, NOW.minusSeconds(200));
        return event(disk, nexus, Cause.RESERVE, key(1), 0, List.of());
    }

    /** Another node takes a disk over, from whoever held it. */
    public SampleScene preempt(String disk, int node) {
        DiskState state = state(disk);
        List<Registration> gone = state.registrations.stream()
                .filter(each -> !each.nexus().initiatorName().equals(iqn(node)))
                .toList();
        state.registrations.removeAll(gone);
        state.reservation =
                new Reservation(ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, nexus(node, 1), NOW.minusSeconds(20));
        return event(disk, nexus(node, 1), Cause.PREEMPT, key(node), 0, gone);
    }

    SampleScene release(String disk) {
        DiskState state = state(disk);
        state.reservation = null;
        state.registrations.clear();
        return event(disk, nexus(1, 1), Cause.CLEAR, key(1), 0, List.of());
    }

    private SampleScene event(
            String disk, ITNexus by, Cause cause, long key, long actionKey, List<Registration> removed) {
        DiskState state = state(disk);
        state.events.add(new ReservationEvent(
                NOW.minusSeconds(100),
                by,
                cause,
                key,
                actionKey,
                state.reservation == null ? null : state.reservation.type(),
                state.events.size(),
                removed,
                removed.size()));
        return this;
    }

    SampleScene reservedBy(String disk, ITNexus nexus) {
        state(disk).reservedBy = nexus;
        return this;
    }

    public SampleScene offline(String disk, String reason) {
        state(disk).offline = reason;
        return this;
    }

    SampleScene free(String disk, int percent) {
        state(disk).freePercent = percent;
        return this;
    }

    public SampleScene used(String disk, int node, int way, @Nullable Duration readAgo, @Nullable Duration writtenAgo) {
        state(disk).activity.add(new NexusActivity(nexus(node, way), true, access(readAgo), access(writtenAgo)));
        return this;
    }

    private static NexusActivity.Access access(@Nullable Duration ago) {
        long looked = 3_600_000 * MILLIS;
        long last = ago == null ? NexusActivity.Access.NEVER : looked - ago.toNanos();
        return new NexusActivity.Access(last, last, looked, NOW);
    }

    ClusterScene build() {
        List<ClusterNode> members = new ArrayList<>();
        for (int i = 1; i <= nodes.size(); i++) {
            members.add(new ClusterNode("hv-node" + i, List.of(iqn(i)), "hv-node" + i));
        }
        ClusterRecord cluster = new ClusterRecord("HV", members, clusterDisks, false, "", NOW);
        Inventory inventory = Inventory.of(
                1, targets.size() + 1, disks, targets.values(), mappings, List.of(cluster), List.of(), ChapRule.NONE);
        Map<String, DiskScene> scenes = new HashMap<>();
        states.forEach((name, state) -> {
            PersistentReservations reservations =
                    new PersistentReservations(state.events.size(), true, state.registrations, state.reservation);
            ReservationHistory history = new ReservationHistory(state.events);
            book.learn(cluster, name, reservations, history);
            scenes.put(
                    name,
                    new DiskScene(
                            state.offline, reservations, state.reservedBy, history, state.activity, state.freePercent));
        });
        return new ClusterScene(
                inventory,
                cluster,
                sessions,
                initiators,
                portals,
                networks,
                scenes,
                book.keys(cluster),
                alarms,
                10,
                NOW);
    }

    public ClusterStatusView status() {
        return ClusterStatus.of(build());
    }

    public ClusterVerifyView steps() {
        ClusterScene scene = build();
        return ClusterSteps.of(scene, ClusterStatus.of(scene));
    }
}
