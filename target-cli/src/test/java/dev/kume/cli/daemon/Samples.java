package dev.kume.cli.daemon;

import dev.kume.core.Limits;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.Clusters;
import dev.kume.core.inventory.Credentials;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mappings;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.inventory.TargetLogins;
import dev.kume.core.inventory.Targets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Inventories to test with. */
final class Samples {
    static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    static final String NODE2 = "iqn.1991-05.com.microsoft:hv-node2";
    static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");

    private Samples() {}

    /** Two shared disks in two targets. */
    static Inventory cluster() {
        SplittableRandom random = new SplittableRandom(11);
        Inventory inventory = Inventory.EMPTY;
        for (String name : List.of("quorum", "vms")) {
            DiskRecord disk = new DiskRecord(
                    name,
                    "/srv/kume/" + name + ".vhd",
                    "vhd",
                    "fixed",
                    2L << 30,
                    true,
                    Sharing.CLUSTER,
                    SectorFormat.EMULATED_512,
                    "\"quoted\": # and \u00fcml\u00e4ut",
                    inventory.newIdentity(random),
                    THEN);
            inventory = Disks.add(inventory, disk, Limits.DEFAULTS);
        }
        for (String name : List.of("hv-node1", "hv-node2")) {
            String iqn = Targets.defaultIqn("iqn.2026-11.dev.kume", "store1", name);
            inventory = Targets.add(inventory, name, iqn, List.of(NODE1), "", THEN, Limits.DEFAULTS);
            inventory = Mappings.map(inventory, "quorum", name, null, Limits.DEFAULTS);
            inventory = Mappings.map(inventory, "vms", name, 7, Limits.DEFAULTS);
        }
        return inventory;
    }

    /** The same, with everything that can be said about logins. */
    static Inventory withLogins() {
        Inventory inventory = cluster();
        inventory = Credentials.add(inventory, "node1", "u1", THEN, Limits.DEFAULTS);
        inventory = Credentials.add(inventory, "store1", "\u00fcser: #", THEN, Limits.DEFAULTS);
        ChapRule rule = new ChapRule(List.of("node1"), "store1");
        inventory = Targets.allow(inventory, "hv-node1", "192.168.10.0/24", Limits.DEFAULTS);
        inventory = Targets.allow(inventory, "hv-node1", "node1.example.com", Limits.DEFAULTS);
        inventory = TargetLogins.setChap(inventory, "hv-node1", rule);
        inventory = TargetLogins.setChapOf(inventory, "hv-node1", NODE1, new ChapRule(List.of("node1"), null));
        inventory = TargetLogins.setPortals(inventory, "hv-node1", List.of("a", "b"), List.of("a", "b"));
        inventory = TargetLogins.setRedirect(inventory, "hv-node1", "10.0.0.1:3260");
        return Credentials.setDiscovery(inventory, rule);
    }

    /** The same, where Kume knows that they are one cluster. */
    static Inventory declared() {
        Inventory inventory = Targets.allow(cluster(), "hv-node2", NODE2, Limits.DEFAULTS);
        return Clusters.add(
                inventory,
                new ClusterRecord(
                        "HV",
                        List.of(
                                new ClusterNode("hv-node1", List.of(NODE1), "hv-node1"),
                                new ClusterNode("Node-2", List.of(NODE2), "hv-node2")),
                        List.of(
                                new ClusterDisk("quorum", ClusterRole.WITNESS, 0),
                                new ClusterDisk("vms", ClusterRole.CSV, 7)),
                        false,
                        "the \"first\": #1",
                        THEN));
    }

    /** Two disks of which one has snapshots, a child and a disk that shows one of them. */
    static Inventory withLayers() {
        SnapshotRecord monday = new SnapshotRecord(
                "monday",
                new UUID(1, 1),
                "/srv/kume/monday.vhd",
                null,
                1L << 30,
                THEN,
                "before: the \"update\"",
                false);
        SnapshotRecord tuesday = new SnapshotRecord(
                "tuesday", new UUID(1, 2), "/srv/kume/tuesday.vhd", "monday", 2L << 30, THEN, "", true);
        Inventory cluster = cluster();
        DiskRecord vms = cluster.disk("vms");
        DiskLayers layers = new DiskLayers(List.of(monday, tuesday), "tuesday", null, null);
        List<DiskRecord> disks = new ArrayList<>(List.of(
                cluster.disk("quorum"), vms.withFile("/srv/kume/now.vhd", "vhd", "differencing", true, layers)));
        SplittableRandom random = new SplittableRandom(12);
        UUID parent = vms.identity().uuid();
        disks.add(over(
                cluster, random, "clone", "/srv/kume/clone.vhd", new DiskLayers(List.of(), null, parent, monday.id())));
        disks.add(over(cluster, random, "shown", monday.file(), new DiskLayers(List.of(), null, parent, monday.id())));
        return Inventory.of(
                9,
                cluster.nextRelativePortId(),
                disks,
                cluster.targets(),
                cluster.mappings(),
                cluster.clusters(),
                cluster.credentials(),
                ChapRule.NONE);
    }

    private static DiskRecord over(
            Inventory inventory, SplittableRandom random, String name, String file, DiskLayers layers) {
        return new DiskRecord(
                        name,
                        file,
                        "vhd",
                        "differencing",
                        1L << 30,
                        true,
                        Sharing.READ_ONLY,
                        SectorFormat.EMULATED_512,
                        "",
                        inventory.newIdentity(random),
                        THEN)
                .withFile(file, "vhd", "differencing", true, layers);
    }
}
