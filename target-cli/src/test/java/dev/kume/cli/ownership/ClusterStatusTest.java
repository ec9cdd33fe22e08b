package dev.kume.cli.ownership;

import static dev.kume.cli.ownership.SampleScene.QUORUM;
import static dev.kume.cli.ownership.SampleScene.SHARED;
import static dev.kume.cli.ownership.SampleScene.VMS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.kume.cli.api.ClusterStatusView;
import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.ClusterStatusView.Disk;
import dev.kume.cli.api.ClusterStatusView.Node;
import dev.kume.cli.api.ClusterStatusView.Owner;
import dev.kume.cli.api.ClusterStatusView.Share;
import dev.kume.cli.api.InitiatorView;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of a cluster, by what is the matter with it. */
final class ClusterStatusTest {
    private static final String STRANGER = "iqn.1991-05.com.microsoft:laptop";

    private static ITNexus stranger() {
        return new ITNexus(STRANGER, 7, SampleScene.targetIqn(1), 1);
    }

    // ---- nothing is the matter: no advice, whatever is usual
    // ------------------------------------------------------------------

    static Stream<Arguments> healthy() {
        return Stream.of(
                arguments("two nodes", SampleScene.formed(2)),
                arguments("three nodes", SampleScene.formed(3)),
                arguments(
                        "the disks have moved",
                        SampleScene.formed(2)
                                .preempt(VMS, 2)
                                .register(VMS, 2, 1)
                                .register(VMS, 2, 2)),
                arguments(
                        "a node has used them",
                        SampleScene.formed(2).used(VMS, 1, 1, Duration.ofSeconds(1), Duration.ofSeconds(2))),
                arguments("space is left", SampleScene.formed(2).free(VMS, 11)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("healthy")
    void aClusterThatWorksIsHealthyWithoutAdvice(String why, SampleScene scene) {
        ClusterStatusView status = scene.status();
        assertEquals(List.of(), status.advice(), why);
        assertEquals(ClusterStatusView.HEALTHY, status.health(), why);
        assertEquals(1, status.reasons().size(), why);
    }

    // ---- something is the matter
    // ------------------------------------------------------------------------------------------

    private static Arguments matter(String health, String level, SampleScene scene, String text, String remedy) {
        return arguments(health, level, scene, text, remedy);
    }

    static Stream<Arguments> matters() {
        return Stream.of(nodeMatters(), pathMatters(), diskMatters(), ownerMatters())
                .flatMap(each -> each);
    }

    private static Stream<Arguments> nodeMatters() {
        return Stream.of(
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).logout(2, 2),
                        "hv-node2 has one path, and there are 2 portals: one cable, switch or port less, and it loses its"
                                + " disks",
                        "run on it what 'kume cluster script HV --powershell --node hv-node2' prints (Linux: --bash)"),
                matter(
                        "degraded",
                        "warning",
                        withThirdPath(),
                        "hv-node2 has 2 paths, and others have 3: a session is missing",
                        "run on it what"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).logout(2, 1).logout(2, 2),
                        "hv-node2 has never been seen",
                        "run on it what"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2)
                                .logout(2, 1)
                                .logout(2, 2)
                                .seen(STRANGER, InitiatorView.REFUSED, SampleScene.targetIqn(2), Duration.ZERO, "x"),
                        "hv-node2 has never been seen; seen and of no node: " + STRANGER,
                        "run on it what"),
                matter(
                        "degraded",
                        "warning",
                        away(InitiatorView.LOGGED_IN, SampleScene.targetIqn(2), null),
                        "hv-node2 is not connected; it was last seen 5 min ago, from 192.168.10.99",
                        "look at the host and its storage network"),
                matter(
                        "degraded",
                        "warning",
                        away(InitiatorView.DISCOVERY, null, null),
                        "hv-node2 has looked for targets 5 min ago, from 192.168.10.99, and has not logged in",
                        "run on it what"),
                matter(
                        "degraded",
                        "warning",
                        away(InitiatorView.REFUSED, SampleScene.targetIqn(2), "AUTHENTICATION_FAILURE: wrong secret"),
                        "hv-node2 was refused 5 min ago, from 192.168.10.99: AUTHENTICATION_FAILURE: wrong secret",
                        "compare it with what 'kume target show hv-node2' asks for"));
    }

    private static Stream<Arguments> pathMatters() {
        return Stream.of(
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2)
                                .logout(2, 2)
                                .session(SampleScene.iqn(2), 2, SampleScene.targetIqn(2), "10.9.9.9:4711", 2),
                        "hv-node2 comes from 10.9.9.9, which is not on the network 192.168.20.0/24 of the portal: by a"
                                + " router, or the wrong card",
                        "log it in from its address on 192.168.20.0/24, and out of session 4"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2)
                                .logout(2, 2)
                                .session(SampleScene.iqn(2), 2, SampleScene.targetIqn(2), "192.168.10.12:4712", 1),
                        "all 2 paths of hv-node2 go by one portal, 192.168.10.1:3260",
                        "run on it what"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(3).logout(1, 2).logout(2, 2).logout(3, 1),
                        "hv-node3 comes by 192.168.20.1:3260, and the other nodes by 192.168.10.1:3260: it is on another"
                                + " network than they are",
                        "run on it what"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).logout(1, 2).logout(2, 1),
                        "the nodes have no storage network in common: hv-node1 comes by 192.168.10.1:3260, hv-node2 comes"
                                + " by 192.168.20.1:3260",
                        "log both in by 192.168.10.1 and 192.168.20.1"),
                matter(
                        "healthy",
                        "note",
                        SampleScene.formed(2)
                                .session(SampleScene.iqn(2), 9, "iqn.2026-11.dev.kume:other", "192.168.10.12:5", 1),
                        "hv-node2 is logged in to target iqn.2026-11.dev.kume:other as well, which is not its own in this"
                                + " cluster",
                        "kume session list"));
    }

    private static SampleScene withThirdPath() {
        return SampleScene.formed(2)
                .session(SampleScene.iqn(1), 3, SampleScene.targetIqn(1), "192.168.10.21:49211", 1)
                .register(QUORUM, third(), SampleScene.key(1), false)
                .register(VMS, third(), SampleScene.key(1), false)
                .register(SHARED, third(), SampleScene.key(1), false);
    }

    private static ITNexus third() {
        return new ITNexus(SampleScene.iqn(1), 0x400001370003L, SampleScene.targetIqn(1), 1);
    }

    private static SampleScene away(String outcome, String target, String why) {
        return SampleScene.formed(2)
                .logout(2, 1)
                .logout(2, 2)
                .seen(SampleScene.iqn(2), outcome, target, Duration.ofMinutes(5), why);
    }

    private static Stream<Arguments> diskMatters() {
        return Stream.of(
                matter(
                        "unformed",
                        "note",
                        SampleScene.connected(2),
                        "no node has read disks quorum, vms and shared yet",
                        "let the nodes look again"),
                matter(
                        "failed",
                        "problem",
                        SampleScene.formed(2).offline(VMS, "/disks/vms is gone"),
                        "disk vms is offline: /disks/vms is gone",
                        "kume disk online vms"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).offline(QUORUM, "/disks/quorum is gone"),
                        "disk quorum is offline: /disks/quorum is gone",
                        "kume disk online quorum"),
                matter(
                        "failed",
                        "problem",
                        heldByStranger(),
                        "disk vms is held by " + STRANGER + ", which is of no node of HV",
                        "make it a node (kume cluster add-node HV NAME=" + STRANGER
                                + "), or stop it and run: kume reservation clear vms"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).register(VMS, stranger(), 0x99, false),
                        STRANGER + " is registered with disk vms, and of no node of HV",
                        "make it a node"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).free(VMS, 10),
                        "disk vms grows in a file system of which 10 % is free",
                        "free space there, or move it: kume disk convert vms --file PATH"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).mappedElsewhere(VMS, "backup"),
                        "disk vms is LUN 0 of target 'backup' as well, which is of no node of HV, and may be written there",
                        "kume unmap vms backup, or add --read-only to its mapping"));
    }

    private static Stream<Arguments> ownerMatters() {
        return Stream.of(
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).release(VMS),
                        "disk vms is held by no node",
                        "bring it online in the cluster"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).logout(1, 1).logout(1, 2),
                        "disks quorum, vms and shared are held by hv-node1, which is not connected",
                        "kume cluster timeline HV"),
                matter(
                        "failed",
                        "problem",
                        SampleScene.formed(1).logout(1, 1).logout(1, 2),
                        "no node is connected",
                        "look at the storage network"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.connected(2)
                                .register(SHARED, 1, 1)
                                .register(SHARED, 1, 2)
                                .hold(SHARED, 1, 1)
                                .register(SHARED, 2, 1),
                        "hv-node2 is not registered with disk shared on 1 of 2 paths (192.168.20.12 by 192.168.20.1:3260)",
                        "its writes fail there"),
                matter(
                        "healthy",
                        "note",
                        SampleScene.formed(2).register(VMS, third(), SampleScene.key(1), false),
                        "hv-node1 is registered with disk vms by a path that it does not have now",
                        "nothing: the path comes back, or the node drops it"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.connected(2)
                                .register(SHARED, SampleScene.nexus(1, 1), 1, false)
                                .register(SHARED, SampleScene.nexus(1, 2), 1, false)
                                .register(SHARED, SampleScene.nexus(2, 1), 1, false)
                                .register(SHARED, SampleScene.nexus(2, 2), 1, false)
                                .hold(SHARED, 1, 1),
                        "hv-node1 and hv-node2 have one reservation key, 0000000000000001: fencing one fences all",
                        "give each its own"),
                matter(
                        "degraded",
                        "warning",
                        SampleScene.formed(2).hold(SHARED, SampleScene.nexus(1, 1), ReservationType.WRITE_EXCLUSIVE),
                        "disk shared is a shared volume, and its reservation (write exclusive) lets its owner alone write"
                                + " it",
                        "let the cluster reserve it"));
    }

    private static SampleScene heldByStranger() {
        return SampleScene.formed(2)
                .register(VMS, stranger(), 0x99, false)
                .hold(VMS, stranger(), ReservationType.WRITE_EXCLUSIVE);
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("matters")
    void whatIsTheMatterIsSaidWithARemedy(String health, String level, SampleScene scene, String text, String remedy) {
        ClusterStatusView status = scene.status();
        Advice advice = status.advice().stream()
                .filter(each -> each.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not said; said was " + status.advice()));
        assertEquals(level, advice.level());
        assertTrue(advice.remedy().contains(remedy), advice.remedy());
        assertEquals(health, status.health());
        if (!level.equals(Advice.NOTE)) {
            assertTrue(status.reasons().contains(text), status.reasons().toString());
        }
    }

    // ---- owners
    // ----------------------------------------------------------------------------------------------------------

    private static Disk disk(ClusterStatusView status, String name) {
        return status.disks().stream()
                .filter(disk -> disk.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Owner owner(ClusterStatusView status, String disk) {
        return Objects.requireNonNull(disk(status, disk).owner());
    }

    private static Share share(ClusterStatusView status, String disk, int node) {
        return disk(status, disk).nodes().get(node - 1);
    }

    @Test
    void theHolderOfTheReservationIsTheOwner() {
        ClusterStatusView status = SampleScene.formed(2).status();
        Owner owner = owner(status, VMS);
        assertEquals("hv-node1", owner.node());
        assertEquals("00000000000000a1", owner.key());
        assertEquals(5, owner.code());
        assertTrue(owner.connected());
        assertFalse(owner.byKey());
        assertEquals(Share.COMPLETE, share(status, VMS, 1).state());
        assertEquals(Share.NONE, share(status, VMS, 2).state());
        assertEquals(Share.COMPLETE, share(status, SHARED, 2).state());
    }

    @Test
    void anOwnerByTheOldReserveIsOneToo() {
        Owner owner = owner(
                SampleScene.connected(2)
                        .reservedBy(VMS, SampleScene.nexus(2, 1))
                        .status(),
                VMS);
        assertEquals("hv-node2", owner.node());
        assertEquals("RESERVE (SCSI-2)", owner.type());
        assertNull(owner.key());
    }

    @Test
    void aTakeoverTellsFromWhom() {
        ClusterStatusView status =
                SampleScene.formed(2).preempt(VMS, 2).register(VMS, 2, 1).status();
        assertEquals("hv-node2", owner(status, VMS).node());
        assertEquals(
                "PREEMPT",
                Objects.requireNonNull(disk(status, VMS).lastChange()).action());
        assertEquals("hv-node2", disk(status, VMS).lastChange().by());
        assertEquals(List.of("hv-node1"), disk(status, VMS).lastChange().from());
    }

    /** The host was installed anew and has another initiator name, but the key that its cluster gave it. */
    @Test
    void aHolderUnderAnotherNameIsKnownByItsKey() {
        SampleScene scene = SampleScene.formed(2);
        scene.build();
        ITNexus renamed = new ITNexus("iqn.1991-05.com.microsoft:win-4711", 1, SampleScene.targetIqn(1), 1);
        scene.release(VMS)
                .register(VMS, renamed, SampleScene.key(1), false)
                .hold(VMS, renamed, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        ClusterStatusView status = scene.status();
        Owner owner = owner(status, VMS);
        assertEquals("hv-node1", owner.node());
        assertTrue(owner.byKey());
        assertEquals(ClusterStatusView.FAILED, status.health());
        assertEquals(
                "disk vms is held by iqn.1991-05.com.microsoft:win-4711, which is of no node of HV; its key was that of"
                        + " hv-node1: has its initiator another name?",
                status.reasons().getFirst());
    }

    @Test
    void registrationsOfAllTargetPortsAreNotLeftOvers() {
        ITNexus otherPort = new ITNexus(SampleScene.iqn(1), 0x400001370001L, SampleScene.targetIqn(1), 2);
        ClusterStatusView status = SampleScene.formed(2)
                .register(VMS, otherPort, SampleScene.key(1), true)
                .status();
        assertEquals(0, share(status, VMS, 1).stale());
        assertEquals(Share.COMPLETE, share(status, VMS, 1).state());
    }

    @Test
    void aRegistrationOfANodeThatIsAwayIsKept() {
        ClusterStatusView status =
                SampleScene.formed(2).logout(2, 1).logout(2, 2).status();
        assertEquals(Share.AWAY, share(status, SHARED, 2).state());
        assertEquals(List.of("00000000000000a2"), share(status, SHARED, 2).keys());
    }

    // ---- nodes
    // -----------------------------------------------------------------------------------------------------------

    @Test
    void aNodeShowsItsPathsAndWhatItDidLast() {
        Node node = SampleScene.formed(2)
                .used(VMS, 1, 1, Duration.ofSeconds(30), null)
                .used(SHARED, 1, 2, Duration.ofSeconds(60), Duration.ofSeconds(5))
                .status()
                .nodes()
                .getFirst();
        assertEquals(Node.CONNECTED, node.state());
        assertEquals(List.of("192.168.10.11", "192.168.20.11"), node.addresses());
        assertEquals("storage-b", node.paths().get(1).portalName());
        assertEquals("192.168.20.0/24", node.paths().get(1).network());
        assertEquals(SampleScene.NOW.minusSeconds(30), node.lastRead());
        assertEquals(SampleScene.NOW.minusSeconds(5), node.lastWrite());
        assertEquals(SampleScene.NOW, node.lastSeen());
    }

    @Test
    void onePortalAloneMakesNobodyDegraded() {
        SampleScene scene = SampleScene.formed(2);
        scene.portals = scene.portals.subList(0, 1);
        scene.logout(1, 2).logout(2, 2).release(SHARED).release(VMS).release(QUORUM);
        for (String disk : List.of(QUORUM, VMS, SHARED)) {
            scene.register(disk, 1, 1).hold(disk, 1, 1);
        }
        ClusterStatusView status = scene.register(SHARED, 2, 1).status();
        assertEquals(ClusterStatusView.HEALTHY, status.health(), status.advice().toString());
        assertEquals(
                List.of(
                        "hv-node1 has one path, for there is one portal",
                        "hv-node2 has one path, for there is one portal"),
                status.advice().stream().map(Advice::text).toList());
    }

    @Test
    void withoutAPortalNobodyCanConnect() {
        SampleScene scene = SampleScene.declared(2);
        scene.portals = List.of();
        ClusterStatusView status = scene.status();
        assertEquals(ClusterStatusView.FAILED, status.health());
        assertEquals(List.of("no portal is open: no node can connect"), status.reasons());
    }

    @Test
    void aPortalOnAllAddressesIsEachOfThem() {
        SampleScene scene = SampleScene.declared(1);
        scene.portals = List.of(new dev.kume.cli.api.StatusView.Portal("iscsi", "0.0.0.0:3260", "listening"));
        assertEquals(
                List.of("192.168.10.1", "192.168.20.1"),
                scene.status().portals().stream()
                        .map(ClusterStatusView.Portal::address)
                        .toList());
    }

    @Test
    void anAlarmIsAdvice() {
        SampleScene scene = SampleScene.formed(2);
        scene.alarms = List.of(new Advice(Advice.PROBLEM, "disk vms", "two hosts write it", "stop one"));
        ClusterStatusView status = scene.status();
        assertEquals(ClusterStatusView.FAILED, status.health());
        assertEquals(List.of("two hosts write it"), status.reasons());
    }

    @Test
    void adviceOnManyDisksIsOneLine() {
        SampleScene scene = SampleScene.formed(2);
        for (int i = 0; i < 60; i++) {
            scene.disk("d" + i, ClusterRole.CSV).register("d" + i, 1, 1).hold("d" + i, 1, 1);
        }
        List<Advice> advice = scene.status().advice();
        assertEquals(
                List.of(
                        "hv-node1 is not registered with disks d0, d1, d2, d3 and 56 more on 1 of 2 paths (192.168.20.11 by"
                                + " 192.168.20.1:3260)",
                        "hv-node2 is not registered with disks d0, d1, d2, d3 and 56 more on 2 of 2 paths (192.168.10.12 by"
                                + " 192.168.10.1:3260 and 192.168.20.12 by 192.168.20.1:3260)"),
                advice.stream().map(Advice::text).toList());
    }

    /** As many nodes and disks as a cluster of Windows has, and more: each is there, and each is told once. */
    @Test
    void sixtyFourNodesAndManyDisksAreAllThere() {
        SampleScene scene = SampleScene.formed(64);
        for (int i = 3; i < 256; i++) {
            scene.disk("d" + i, ClusterRole.CSV);
            for (int node = 1; node <= 64; node++) {
                scene.register("d" + i, node, 1).register("d" + i, node, 2);
            }
            scene.hold("d" + i, 64, 1);
        }
        ClusterStatusView status = scene.status();
        assertEquals(64, status.nodes().size());
        assertEquals(256, status.disks().size());
        assertEquals(64, disk(status, "d255").nodes().size());
        assertEquals(ClusterStatusView.HEALTHY, status.health(), status.advice().toString());
    }
}
