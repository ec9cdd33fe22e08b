package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mappings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InventoryFileTest {
    private static final int KEPT = 5;

    @TempDir
    Path state;

    private final Inventory first = Samples.cluster();
    private final Inventory second = Disks.describe(first, "vms", "changed");

    @Test
    void anEmptyStateDirectoryIsAnEmptyInventory() throws Exception {
        assertEquals(0, file(DurableFiles.OF_THIS_HOST).load().version());
    }

    @Test
    void whatIsSavedIsLoaded() throws Exception {
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, first);
        same(first, load());
    }

    @ParameterizedTest
    @EnumSource(FaultyFiles.Fault.class)
    void whateverHappensAtAnyStepLeavesTheOldVersionOrTheNew(FaultyFiles.Fault fault) throws Exception {
        int steps = 0;
        for (int step = 1; ; step++) {
            Path fresh = Files.createDirectory(state.resolve("run" + step));
            new InventoryFile(fresh, KEPT, DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, first);
            FaultyFiles faulty = new FaultyFiles(step, fault);
            boolean acknowledged = true;
            try {
                new InventoryFile(fresh, KEPT, faulty).save(first, second);
            } catch (IOException | FaultyFiles.Killed e) {
                acknowledged = false;
            }
            Inventory found = new InventoryFile(fresh, KEPT, DurableFiles.OF_THIS_HOST).load();
            if (faulty.steps() < step) {
                assertTrue(acknowledged);
                break; // The save has fewer steps than this: all of them have been tried.
            }
            steps++;
            if (acknowledged || found.version() == second.version()) {
                same(second, found);
            } else {
                same(first, found);
            }
            if (fault == FaultyFiles.Fault.FAILS) {
                assertFalse(acknowledged, "a failed step is not acknowledged");
                same(first, found);
            }
            // Whatever was left behind does not stand in the way of the next change.
            Inventory next = Disks.describe(found, "vms", "next");
            new InventoryFile(fresh, KEPT, DurableFiles.OF_THIS_HOST).save(found, next);
            same(next, new InventoryFile(fresh, KEPT, DurableFiles.OF_THIS_HOST).load());
        }
        assertEquals(6, steps, "write, replace and sync, of the history and of the file");
    }

    @Test
    void theLastVersionsAreKept() throws Exception {
        Inventory now = first;
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, now);
        for (int i = 0; i < 9; i++) {
            Inventory next = Disks.describe(now, "vms", "change " + i);
            file(DurableFiles.OF_THIS_HOST).save(now, next);
            now = next;
        }
        try (Stream<Path> kept = Files.list(state.resolve("history"))) {
            List<String> names =
                    kept.map(path -> path.getFileName().toString()).sorted().toList();
            assertEquals(KEPT, names.size());
            assertEquals("inventory-%010d.yaml".formatted(now.version()), names.getLast());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99})
    void aFileThatWasCutOffStopsTheStartAndNamesTheVersionToRestore(double part) throws Exception {
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, first);
        Path yaml = state.resolve("inventory.yaml");
        byte[] whole = Files.readAllBytes(yaml);
        Files.write(yaml, Arrays.copyOf(whole, (int) (whole.length * part)));
        DaemonException refused = assertThrows(DaemonException.class, this::load);
        assertTrue(refused.getMessage().startsWith(yaml + ":"), refused.getMessage());
        Path newest = state.resolve("history/inventory-%010d.yaml".formatted(first.version()));
        assertTrue(
                refused.getMessage()
                        .endsWith("; nothing was started; to restore the newest good version: cp %s %s"
                                .formatted(newest, yaml)),
                refused.getMessage());
        Files.copy(newest, yaml, StandardCopyOption.REPLACE_EXISTING);
        same(first, load());
    }

    @Test
    void whatLoginsNeedIsKept() throws Exception {
        Inventory all = Samples.withLogins();
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, all);
        same(all, load());
        assertEquals(all.target("hv-node1"), load().target("hv-node1"));
        assertEquals(all.discovery(), load().discovery());
        assertEquals(List.copyOf(all.credentials()), List.copyOf(load().credentials()));
    }

    @Test
    void anInventoryOfAnOlderKumeIsRead() throws Exception {
        String text = new String(InventoryYaml.write(first), StandardCharsets.UTF_8);
        for (String key : List.of(
                "clusters:",
                "credentials:",
                "discovery:",
                "chap",
                "mutual:",
                "portals:",
                "redirect:",
                "writeCache",
                "rotation",
                "vendor",
                "product",
                "readOnly",
                "snapshots",
                "base",
                "parent")) {
            assertFalse(text.contains(key), key + " is written without need");
        }
        Inventory read = InventoryYaml.read("x", text);
        assertFalse(read.target("hv-node1").chap().isRequired());
        assertFalse(read.discovery().isRequired());
        assertEquals(DiskProfile.DEFAULT, read.disk("vms").profile());
        assertFalse(Mappings.find(read, "vms", "hv-node1").readOnly());
        assertEquals(DiskLayers.NONE, read.disk("vms").layers());
    }

    @Test
    void clustersAreKept() throws Exception {
        Inventory all = Samples.declared();
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, all);
        same(all, load());
        assertEquals(List.copyOf(all.clusters()), List.copyOf(load().clusters()));
        assertEquals("Node-2", load().cluster("hv").nodes().getLast().name());
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource(
            delimiter = '|',
            value = {
                "role: \"csv\"|role: \"scv\"|'scv' is not a role of a disk; use one of: witness, data, csv",
                "lun: 7|lun: 8|disk 'vms' is LUN 8 of cluster 'HV', and LUN 7 of target 'hv-node1', that of its node"
                        + " 'hv-node1'; all nodes of a cluster have a disk at one LUN: map it as LUN 8 there",
                "disk: \"vms\"|disk: \"quorum\"|cluster 'HV' has the disk 'quorum' twice; name each disk once",
                "target: \"hv-node2\"|target: \"hv-node3\"|target 'hv-node3' is that of node 'Node-2' of cluster 'HV', so"
                        + " it is not removed; 'kume cluster remove-node HV Node-2' takes the node out",
                ".microsoft:hv-node2|.microsoft.hv-node2|iqn.1991-05.com.microsoft.hv-node2: after"
                        + " \"iqn.1991-05.com.microsoft\" comes \":\", not \".\"; did you mean"
                        + " iqn.1991-05.com.microsoft:hv-node2?",
            })
    void aClusterThatIsNotWhatItSaysStopsTheStart(String good, String bad, String message) throws Exception {
        String text = new String(InventoryYaml.write(Samples.declared()), StandardCharsets.UTF_8);
        String head = text.substring(0, text.indexOf("clusters:"));
        String clusters = text.substring(head.length());
        assertTrue(clusters.contains(good), clusters);
        var wrong = assertThrows(
                dev.kume.cli.yaml.YamlException.class,
                () -> InventoryYaml.read("x", head + clusters.replace(good, bad)));
        assertTrue(wrong.getMessage().endsWith(": " + message), wrong.getMessage());
    }

    @Test
    void theLayersOfDisksAreKept() throws Exception {
        Inventory all = Samples.withLayers();
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, all);
        same(all, load());
        assertEquals(List.copyOf(all.disks()), List.copyOf(load().disks()));
        assertTrue(load().disk("vms").layers().snapshots().getLast().removing());
    }

    @Test
    void aVhdOfLongBlocksThatAnOlderKumeMadeIsRead() throws Exception {
        String text = new String(InventoryYaml.write(first), StandardCharsets.UTF_8);
        Inventory read = InventoryYaml.read("x", text.replace("\"512e\"", "\"4kn\""));
        assertEquals("4kn", read.disk("vms").sectorFormat().word());
    }

    @Test
    void whatIsSetOnDisksAndMappingsIsKept() throws Exception {
        DiskProfile.Changes changes = new DiskProfile.Changes(false, 7200, "123", "yes: #1");
        Inventory all =
                Mappings.protect(Disks.present(first, "vms", changes, Connections.NONE), "vms", "hv-node2", true);
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, all);
        assertEquals(
                new DiskProfile(false, 7200, "123", "yes: #1"),
                load().disk("vms").profile());
        assertEquals(DiskProfile.DEFAULT, load().disk("quorum").profile());
        assertEquals(all.mappings(), load().mappings());
        assertTrue(Mappings.find(load(), "vms", "hv-node2").readOnly());
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource(
            delimiter = '|',
            value = {
                "- \"node1\"|- \"node2\"|there is no credential 'node2'; did you mean node1?",
                "name: \"store1\"|name: \"stor1\"|there is no credential 'store1'; did you mean stor1?",
                "user: \"u1\"|user: \"\"|the user of credential 'node1' has 0 bytes; use 1 to 255 bytes of UTF-8",
                "redirect: \"10.0.0.1:3260\"|redirect: \"there\"|'there' is not an IP address (names are not looked up);"
                        + " write one such as 192.168.10.1:3260 or [fd00::1]:3260",
            })
    void aReferenceThatLeadsNowhereStopsTheStart(String good, String bad, String message) throws Exception {
        String text = new String(InventoryYaml.write(Samples.withLogins()), StandardCharsets.UTF_8);
        assertTrue(text.contains(good), text);
        var wrong = assertThrows(
                dev.kume.cli.yaml.YamlException.class, () -> InventoryYaml.read("x", text.replace(good, bad)));
        assertTrue(wrong.getMessage().endsWith(": " + message), wrong.getMessage());
    }

    @Test
    void everyCutAtTheEndOfALineIsNoticed() throws Exception {
        String whole = new String(InventoryYaml.write(first), StandardCharsets.UTF_8);
        for (int end = whole.indexOf('\n'); end < whole.length() - 1; end = whole.indexOf('\n', end + 1)) {
            String cut = whole.substring(0, end + 1);
            assertThrows(dev.kume.cli.yaml.YamlException.class, () -> InventoryYaml.read("x", cut), cut);
        }
    }

    @Test
    void aFileThatIsGoneIsNotAnEmptyInventory() throws Exception {
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, first);
        Files.delete(state.resolve("inventory.yaml"));
        DaemonException refused = assertThrows(DaemonException.class, this::load);
        assertTrue(refused.getMessage().contains("inventory.yaml is gone; nothing was started"), refused.getMessage());
    }

    @Test
    void aDamagedVersionIsNotOfferedForRestoring() throws Exception {
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, first);
        file(DurableFiles.OF_THIS_HOST).save(first, second);
        Files.writeString(state.resolve("history/inventory-%010d.yaml".formatted(second.version())), "garbage: [");
        Files.writeString(state.resolve("inventory.yaml"), "garbage: [");
        DaemonException refused = assertThrows(DaemonException.class, this::load);
        assertTrue(
                refused.getMessage().contains("inventory-%010d.yaml".formatted(first.version())), refused.getMessage());
    }

    @Test
    void whatTheRulesRefuseIsNamedWithItsPlace() throws Exception {
        file(DurableFiles.OF_THIS_HOST).save(Inventory.EMPTY, first);
        Path yaml = state.resolve("inventory.yaml");
        Files.writeString(yaml, Files.readString(yaml).replace("sizeBytes: 2147483648", "sizeBytes: 2147483647"));
        DaemonException refused = assertThrows(DaemonException.class, this::load);
        assertTrue(
                refused.getMessage().startsWith(yaml + ":6:5: the size of disk 'quorum', 2147483647 bytes"),
                refused.getMessage());
    }

    private Inventory load() throws DaemonException {
        return file(DurableFiles.OF_THIS_HOST).load();
    }

    private InventoryFile file(DurableFiles files) {
        return new InventoryFile(state, KEPT, files);
    }

    private static void same(Inventory expected, Inventory found) {
        assertEquals(
                new String(InventoryYaml.write(expected), StandardCharsets.UTF_8),
                new String(InventoryYaml.write(found), StandardCharsets.UTF_8));
    }
}
