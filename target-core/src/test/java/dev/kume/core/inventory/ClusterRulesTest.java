package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kume.core.Limits;
import dev.kume.core.inventory.InventoryException.Kind;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class ClusterRulesTest {
    static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";
    static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");

    private static final ClusterNode FIRST = new ClusterNode("hv-node1", List.of(NODE1), "t1");
    private static final ClusterNode SECOND = new ClusterNode("hv-node2", List.of(NODE2), "t2");
    private static final ClusterDisk QUORUM = new ClusterDisk("quorum", ClusterRole.WITNESS, 0);
    private static final ClusterDisk VMS = new ClusterDisk("vms", ClusterRole.DATA, 3);

    private final SplittableRandom random = new SplittableRandom(7);
    private final Inventory bare = bare();
    private final Inventory two = Clusters.add(bare, cluster("HV", List.of(FIRST, SECOND), List.of(QUORUM, VMS)));

    @Test
    void whatBelongsToAClusterFindsIt() {
        assertEquals("HV", two.cluster("hv").name());
        assertSame(two.cluster("HV"), two.clusterOf(two.disk("vms")));
        assertSame(two.cluster("HV"), two.clusterOf(two.target("t2")));
        assertNull(two.clusterOf(two.disk("spare")));
        assertEquals(SECOND, two.cluster("HV").nodeOf(NODE2));
        refused(Kind.NOT_FOUND, "there is no cluster 'HB'; did you mean HV?", () -> Clusters.rename(two, "HB", "x"));
        refused(
                Kind.CONFLICT,
                "there is a cluster 'HV' already, of hv-node1, hv-node2; choose another name",
                () -> Clusters.add(two, cluster("hv", List.of(FIRST), List.of())));
    }

    @Test
    void renamesOfDisksAndTargetsAreFollowed() {
        Inventory renamed = Targets.rename(Disks.rename(two, "vms", "machines"), "t2", "node2");
        Clusters.check(renamed);
        assertEquals(3, renamed.cluster("HV").disk("machines").lun());
        assertEquals("node2", renamed.cluster("HV").node("HV-NODE2").target());
        assertEquals(List.of("t1", "node2"), renamed.cluster("HV").targets());
        assertEquals(
                two.cluster("HV").nodes(),
                Clusters.rename(two, "HV", "hv2").cluster("hv2").nodes());
    }

    @Test
    void noGenericVerbBreaksACluster() {
        refused(
                Kind.GUARD,
                "disk 'vms' belongs to cluster 'HV', so it stays LUN 3 of target 't1'; 'kume cluster remove-disk HV vms'"
                        + " takes it out",
                () -> Mappings.unmap(two, "vms", "t1", Connections.NONE, true));
        refused(
                Kind.GUARD,
                "disk 'vms' belongs to cluster 'HV', so it is not removed; 'kume cluster remove-disk HV vms' takes it out",
                () -> Disks.remove(two, "vms"));
        refused(
                Kind.GUARD,
                "disk 'vms' belongs to cluster 'HV', so its sharing is not read-only; 'kume cluster remove-disk HV vms'"
                        + " takes it out",
                () -> Disks.share(two, "vms", Sharing.READ_ONLY));
        refused(
                Kind.GUARD,
                "target 't1' is that of node 'hv-node1' of cluster 'HV', so it is not removed; 'kume cluster remove-node"
                        + " HV hv-node1' takes the node out",
                () -> Targets.remove(two, "t1", Connections.NONE, true));
        refused(
                Kind.GUARD,
                "target 't2' is that of node 'hv-node2' of cluster 'HV', so it lets iqn.1991-05.com.microsoft:hv-node2"
                        + " in; 'kume cluster remove-node HV hv-node2' takes the node out",
                () -> Targets.deny(two, "t2", NODE2, Connections.NONE, true));
        refused(
                Kind.GUARD,
                "disk 'quorum' belongs to cluster 'HV', so target 't1' lets it be written; 'kume cluster remove-disk HV"
                        + " quorum' takes it out",
                () -> checked(Mappings.protect(two, "quorum", "t1", true)));
    }

    @Test
    void whatIsNoClustersGoesOn() {
        Inventory more = Mappings.map(two, "vms", "backup", null, Limits.DEFAULTS);
        more = Mappings.map(more, "spare", "t1", null, Limits.DEFAULTS);
        more = checked(Targets.allow(more, "t1", "10.0.0.0/24", Limits.DEFAULTS));
        more = Mappings.unmap(more, "vms", "backup", Connections.NONE, false);
        more = Mappings.unmap(more, "spare", "t1", Connections.NONE, false);
        more = Disks.remove(more, "spare");
        more = Targets.remove(more, "backup", Connections.NONE, false);
        assertEquals(
                two.mappings(),
                checked(Targets.deny(more, "t1", "10.0.0.0/24", Connections.NONE, false))
                        .mappings());
    }

    @Test
    void aHostIsOneNodeOfOneCluster() {
        refused(
                Kind.GUARD,
                "nodes 'hv-node1' and 'twin' of cluster 'HV' have one initiator name, " + NODE1
                        + "; each node has its own: look at both initiators; a host copied from another keeps its name",
                () -> Clusters.add(
                        bare, cluster("HV", List.of(FIRST, new ClusterNode("twin", List.of(NODE1), "t2")), List.of())));
        refused(
                Kind.GUARD,
                "node 'other' of cluster 'SQL' has the initiator name of node 'hv-node2' of cluster 'HV', " + NODE2
                        + "; each node has its own: look at both initiators; a host copied from another keeps its name",
                () -> Clusters.add(
                        Targets.allow(two, "backup", NODE2, Limits.DEFAULTS),
                        cluster("SQL", List.of(new ClusterNode("other", List.of(NODE2), "backup")), List.of())));
    }

    @Test
    void theClassicSlipInAMicrosoftNameIsCorrected() {
        refused(
                Kind.INVALID,
                "iqn.1991-05.com.microsoft.hv-node1: after \"iqn.1991-05.com.microsoft\" comes \":\", not \".\"; did you"
                        + " mean iqn.1991-05.com.microsoft:hv-node1?",
                () -> new ClusterNode("hv-node1", List.of("iqn.1991-05.com.microsoft.hv-node1"), "t1"));
        refused(
                Kind.INVALID,
                "'10.0.0.7', given for node 'hv-node1', is no initiator name; give the one that its initiator shows, such"
                        + " as iqn.1991-05.com.microsoft:hv-node1",
                () -> new ClusterNode("hv-node1", List.of("10.0.0.7"), "t1"));
        assertEquals(
                List.of(NODE1),
                new ClusterNode("a", List.of(" IQN.1991-05.com.microsoft:HV-Node1", NODE1), "t").iqns());
    }

    @Test
    void aDiskIsInOneClusterAtOneLun() {
        String third = "iqn.1991-05.com.microsoft:sql1";
        Inventory more = Targets.allow(two, "backup", third, Limits.DEFAULTS);
        Inventory mapped = Mappings.map(more, "vms", "backup", 3, Limits.DEFAULTS);
        refused(
                Kind.GUARD,
                "disk 'vms' would be in two clusters, 'HV' and 'SQL', which do not know of each other; use another disk,"
                        + " or run 'kume cluster remove-disk HV vms' first",
                () -> Clusters.add(
                        mapped,
                        cluster("SQL", List.of(new ClusterNode("sql1", List.of(third), "backup")), List.of(VMS))));
        Inventory elsewhere = Mappings.map(
                Mappings.unmap(bare, "vms", "t2", Connections.NONE, false), "vms", "t2", 4, Limits.DEFAULTS);
        refused(
                Kind.GUARD,
                "disk 'vms' is LUN 3 of cluster 'HV', and LUN 4 of target 't2', that of its node 'hv-node2'; all nodes of"
                        + " a cluster have a disk at one LUN: map it as LUN 3 there",
                () -> Clusters.add(elsewhere, cluster("HV", List.of(FIRST, SECOND), List.of(VMS))));
    }

    @Test
    void aTargetIsOfOneClusterAndOfOneNodeUnlessAllShareIt() {
        Inventory shared = Targets.allow(bare, "t1", NODE2, Limits.DEFAULTS);
        ClusterNode second = new ClusterNode("hv-node2", List.of(NODE2), "t1");
        refused(
                Kind.INVALID,
                "nodes 'hv-node1' and 'hv-node2' of cluster 'HV' have one target, 't1'; give each its own",
                () -> Clusters.add(shared, cluster("HV", List.of(FIRST, second), List.of())));
        ClusterRecord one = new ClusterRecord("HV", List.of(FIRST, second), List.of(VMS), true, "", THEN);
        Inventory both = Clusters.add(shared, one);
        assertEquals(List.of("t1"), both.cluster("HV").targets());
        String third = "iqn.1991-05.com.microsoft:sql1";
        refused(
                Kind.GUARD,
                "target 't1' would be of two clusters, 'HV' and 'SQL'; give each cluster its own targets",
                () -> Clusters.add(
                        Targets.allow(both, "t1", third, Limits.DEFAULTS),
                        cluster("SQL", List.of(new ClusterNode("sql1", List.of(third), "t1")), List.of())));
    }

    private static Inventory checked(Inventory inventory) {
        Clusters.check(inventory);
        return inventory;
    }

    private static ClusterRecord cluster(String name, List<ClusterNode> nodes, List<ClusterDisk> disks) {
        return new ClusterRecord(name, nodes, disks, false, "", THEN);
    }

    private Inventory bare() {
        Inventory inventory = Inventory.EMPTY;
        for (String name : List.of("quorum", "vms", "spare")) {
            inventory = Disks.add(
                    inventory,
                    new DiskRecord(
                            name,
                            "/d/" + name + ".vhd",
                            "vhd",
                            "fixed",
                            2L << 30,
                            true,
                            name.equals("spare") ? Sharing.EXCLUSIVE : Sharing.CLUSTER,
                            SectorFormat.EMULATED_512,
                            "",
                            DiskIdentity.random(random),
                            THEN),
                    Limits.DEFAULTS);
        }
        inventory = target(inventory, "t1", List.of(NODE1));
        inventory = target(inventory, "t2", List.of(NODE2));
        inventory = target(inventory, "backup", List.of());
        for (String target : List.of("t1", "t2")) {
            inventory = Mappings.map(inventory, "quorum", target, 0, Limits.DEFAULTS);
            inventory = Mappings.map(inventory, "vms", target, 3, Limits.DEFAULTS);
        }
        return inventory;
    }

    private static Inventory target(Inventory inventory, String name, List<String> initiators) {
        return Targets.add(
                inventory, name, "iqn.2026-11.dev.kume:store1-" + name, initiators, "", THEN, Limits.DEFAULTS);
    }

    private static void refused(Kind kind, String message, Supplier<?> change) {
        InventoryException refusal = assertThrows(InventoryException.class, change::get);
        assertEquals(message, refusal.getMessage());
        assertEquals(kind, refusal.kind());
    }
}
