package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.InventoryException.Kind;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InventoryRulesTest {
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");

    private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.168.10.11");

    private final SplittableRandom random = new SplittableRandom(7);
    private final Inventory two = twoNodes();

    @Test
    void aChangeMakesTheNextVersionAndLeavesTheOldOneAlone() {
        Inventory changed = Disks.describe(two, "quorum", "witness");
        assertEquals(two.version() + 1, changed.version());
        assertEquals("", two.disk("quorum").description());
        assertEquals("witness", changed.disk("quorum").description());
    }

    @Test
    void anExclusiveDiskDoesNotGoIntoASecondTarget() {
        Inventory once = Mappings.map(two, "data", "hv-node1", null, Limits.DEFAULTS);
        refused(
                Kind.GUARD,
                "disk 'data' is exclusive and already LUN 0 of 'hv-node1'; mapping it into 'hv-node2' too lets two hosts"
                        + " write it; if they are nodes of one cluster, run 'kume disk set data --sharing cluster' first",
                () -> Mappings.map(once, "data", "hv-node2", null, Limits.DEFAULTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "read-only"})
    void aSharedDiskGoesIntoAnyNumberOfTargets(String sharing) {
        Inventory shared = Disks.share(two, "data", Sharing.ofWord(sharing));
        Inventory both = Mappings.map(
                Mappings.map(shared, "data", "hv-node1", 5, Limits.DEFAULTS),
                "data",
                "HV-NODE2",
                null,
                Limits.DEFAULTS);
        assertEquals(List.of(new Mapping("data", "hv-node1", 5), new Mapping("data", "hv-node2", 0)), both.mappings());
        refused(
                Kind.GUARD,
                "disk 'data' is mapped into 2 targets (LUN 5 of 'hv-node1', LUN 0 of 'hv-node2'), so it cannot be"
                        + " exclusive; unmap it from all but one first",
                () -> Disks.share(both, "data", Sharing.EXCLUSIVE));
        Inventory one = Mappings.unmap(both, "data", "hv-node2", Connections.NONE, false);
        assertEquals(
                Sharing.EXCLUSIVE,
                Disks.share(one, "data", Sharing.EXCLUSIVE).disk("data").sharing());
    }

    @Test
    void withoutANumberTheLowestFreeLunIsTaken() {
        Inventory mapped = Mappings.map(two, "quorum", "hv-node1", 0, Limits.DEFAULTS);
        mapped = Mappings.map(mapped, "vms", "hv-node1", 2, Limits.DEFAULTS);
        mapped = Mappings.map(mapped, "data", "hv-node1", null, Limits.DEFAULTS);
        assertEquals(1, Mappings.find(mapped, "data", "hv-node1").lun());
    }

    @Test
    void aLunInUseIsRefusedWithTheDiskThatHasIt() {
        Inventory mapped = Mappings.map(two, "quorum", "hv-node1", 0, Limits.DEFAULTS);
        refused(
                Kind.CONFLICT,
                "LUN 0 of target 'hv-node1' is disk 'quorum'; use --lun 1, the lowest that is free, or leave --lun out",
                () -> Mappings.map(mapped, "vms", "hv-node1", 0, Limits.DEFAULTS));
        refused(
                Kind.CONFLICT,
                "disk 'quorum' is LUN 0 of target 'hv-node1' already; unmap it first to give it another LUN",
                () -> Mappings.map(mapped, "quorum", "hv-node1", 3, Limits.DEFAULTS));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 16_384})
    void aLunOutOfRangeIsRefused(int lun) {
        refused(
                Kind.INVALID,
                "LUN %d is out of range; use 0 to 16383".formatted(lun),
                () -> Mappings.map(two, "vms", "hv-node1", lun, Limits.DEFAULTS));
    }

    @Test
    void unknownNamesOfferTheNearest() {
        InventoryException unknown = refused(
                Kind.NOT_FOUND, "there is no disk 'qorum'; did you mean quorum?", () -> Disks.remove(two, "qorum"));
        assertEquals(List.of("quorum"), unknown.suggestions());
        assertEquals("disk", unknown.thing());
        refused(
                Kind.NOT_FOUND,
                "there is no target 'hv-node3'; did you mean hv-node1 or hv-node2?",
                () -> Mappings.map(two, "vms", "hv-node3", null, Limits.DEFAULTS));
        refused(
                Kind.NOT_FOUND,
                "there is no disk 'zzzzzzzz'; 'kume disk list' shows what there is",
                () -> Disks.remove(two, "zzzzzzzz"));
    }

    @Test
    void namesCompareWithoutCaseAndAreKeptAsWritten() {
        assertEquals("vms", two.disk("VMS").name());
        refused(
                Kind.CONFLICT,
                "there is a disk 'vms' already, in /d/vms.vhd; choose another name",
                () -> Disks.add(two, disk("VMs", Sharing.CLUSTER), Limits.DEFAULTS));
        Inventory renamed = Disks.rename(two, "vms", "VMs");
        assertEquals("VMs", renamed.disk("vms").name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"|the disk has no name; give it one",
                "a b|'a b' is not a name for a disk; use letters, digits, '.', '_' and '-', beginning with a letter or digit",
                "../x|'../x' is not a name for a disk; use letters, digits, '.', '_' and '-', beginning with a letter or digit",
                "d\u00e9|'d\u00e9' is not a name for a disk; use letters, digits, '.', '_' and '-', beginning with a letter or digit",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "|the disk name 'aaaaaaaaaaaaaaaa...' has 64 characters; use at most 63",
            })
    void badNamesAreRefused(String name, String message) {
        refused(Kind.INVALID, message, () -> {
            Disks.checkNew(two, name, "/d/x.vhd", Limits.DEFAULTS);
            return two;
        });
    }

    @Test
    void twoDisksNeverShareAFile() {
        refused(
                Kind.CONFLICT,
                "the file /d/vms.vhd belongs to disk 'vms'; two disks never share a file; choose another",
                () -> {
                    Disks.checkNew(two, "other", "/d/vms.vhd", Limits.DEFAULTS);
                    return two;
                });
    }

    @Test
    void aMappedDiskIsNotRemoved() {
        Inventory mapped = Mappings.map(two, "vms", "hv-node1", null, Limits.DEFAULTS);
        refused(
                Kind.BUSY,
                "disk 'vms' is mapped: LUN 0 of 'hv-node1'; run 'kume unmap vms hv-node1' first",
                () -> Disks.remove(mapped, "vms"));
        assertNull(Disks.remove(two, "vms").findDisk("vms"));
    }

    @Test
    void renamingTakesTheMappingsAlong() {
        Inventory mapped = Mappings.map(two, "vms", "hv-node1", 4, Limits.DEFAULTS);
        Inventory renamed = Targets.rename(Disks.rename(mapped, "vms", "csv1"), "hv-node1", "node-a");
        assertEquals(List.of(new Mapping("csv1", "node-a", 4)), renamed.mappings());
        assertEquals(two.target("hv-node1").iqn(), renamed.target("node-a").iqn());
        refused(
                Kind.CONFLICT,
                "there is a target 'hv-node2' already, iqn.2026-11.dev.kume:store1-hv-node2; choose another name",
                () -> Targets.rename(renamed, "node-a", "HV-Node2"));
    }

    @Test
    void denyOfWhomTheTargetDoesNotAllowNamesTheTarget() {
        refused(
                Kind.NOT_FOUND,
                "target 'hv-node1' does not allow iqn.2000-01.org.example:stranger; 'kume target show hv-node1' shows"
                        + " whom it allows",
                () -> Targets.deny(two, "hv-node1", "iqn.2000-01.org.example:stranger", iqn -> List.of(), false));
    }

    @Test
    void whatHasSessionsIsRemovedOnlyByForce() {
        Connections node1 =
                iqn -> iqn.endsWith("hv-node1") ? List.of(new Connections.Connected(NODE1, ADDRESS)) : List.of();
        Inventory mapped = Mappings.map(two, "vms", "hv-node1", null, Limits.DEFAULTS);
        refused(
                Kind.BUSY,
                "target 'hv-node1' has sessions of %s; log them off at the initiators first, or use --force"
                                .formatted(NODE1)
                        + " to end the sessions",
                () -> Targets.remove(mapped, "hv-node1", node1, false));
        refused(
                Kind.BUSY,
                "disk 'vms' is LUN 0 of target 'hv-node1', where %s is connected; take it offline at the initiator, or"
                                .formatted(NODE1)
                        + " use --force to take the LUN away under it",
                () -> Mappings.unmap(mapped, "vms", "hv-node1", node1, false));
        refused(
                Kind.BUSY,
                "%s has a session on target 'hv-node1'; log it off at the initiator first, or use --force"
                                .formatted(NODE1)
                        + " to end the session",
                () -> Targets.deny(mapped, "hv-node1", NODE1, node1, false));
        Inventory gone = Targets.remove(mapped, "hv-node1", node1, true);
        assertNull(gone.findTarget("hv-node1"));
        assertEquals(List.of(), gone.mappings());
        assertNotNull(gone.findDisk("vms"));
        assertEquals(
                List.of(),
                Targets.deny(mapped, "hv-node1", NODE1, node1, true)
                        .target("hv-node1")
                        .initiators());
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.10.0/24, true, the network that lets it in",
        "192.168.10.11, false, an address of the same network",
        "192.168.20.0/24, false, a network of others",
        "node1.example.com, false, a DNS name beside the network",
    })
    void denyGuardsTheSessionsThatOnlyThisEntryAllows(String denied, boolean guarded, String why) {
        Connections node1 = iqn -> List.of(new Connections.Connected(NODE1, ADDRESS));
        Inventory open = Targets.deny(two, "hv-node1", NODE1, Connections.NONE, false);
        open = Targets.allow(open, "hv-node1", "192.168.10.0/24", Limits.DEFAULTS);
        if (!denied.equals("192.168.10.0/24")) {
            open = Targets.allow(open, "hv-node1", denied, Limits.DEFAULTS);
        }
        Inventory all = open;
        if (guarded) {
            refused(
                    Kind.BUSY,
                    "%s has a session on target 'hv-node1' that only this entry allows; log it off at the initiator first, or"
                                    .formatted(NODE1)
                            + " use --force to end the session",
                    () -> Targets.deny(all, "hv-node1", denied, node1, false));
        }
        List<String> left = Targets.deny(all, "hv-node1", denied, node1, guarded)
                .target("hv-node1")
                .initiators();
        assertEquals(guarded ? List.of() : List.of("192.168.10.0/24"), left, why);
    }

    @Test
    void aNameThatTheNetworkLetsInToo() {
        Connections node1 = iqn -> List.of(new Connections.Connected(NODE1, ADDRESS));
        Inventory both = Targets.allow(two, "hv-node1", "192.168.10.0/24", Limits.DEFAULTS);
        assertEquals(
                List.of("192.168.10.0/24"),
                Targets.deny(both, "hv-node1", NODE1, node1, false)
                        .target("hv-node1")
                        .initiators());
        // Where DNS leads nowadays nobody knows: what a name may have let in is guarded.
        Inventory byName = Targets.allow(two, "hv-node2", "node1.example.com", Limits.DEFAULTS);
        Inventory byNameAlone = Targets.deny(byName, "hv-node2", NODE1, Connections.NONE, false);
        InventoryException guarded = assertThrows(
                InventoryException.class,
                () -> Targets.deny(byNameAlone, "hv-node2", "Node1.Example.com.", node1, false));
        assertEquals(Kind.BUSY, guarded.kind());
    }

    @Test
    void entriesAreKeptInOneForm() {
        Inventory all = two;
        for (String entry : List.of("FD00::1", "Node1.Example.COM.", "10.0.0.0/8")) {
            all = Targets.allow(all, "hv-node1", entry, Limits.DEFAULTS);
            assertSame(all, Targets.allow(all, "hv-node1", entry, Limits.DEFAULTS));
        }
        assertEquals(
                List.of("10.0.0.0/8", "fd00:0:0:0:0:0:0:1", NODE1, "node1.example.com"),
                all.target("hv-node1").initiators());
    }

    @Test
    void allowingTwiceChangesNothingAndDenyingAStrangerIsNotFound() {
        assertSame(two, Targets.allow(two, "hv-node1", NODE1.toUpperCase(java.util.Locale.ROOT), Limits.DEFAULTS));
        InventoryException stranger = assertThrows(
                InventoryException.class, () -> Targets.deny(two, "hv-node1", NODE1 + "x", Connections.NONE, false));
        assertEquals(Kind.NOT_FOUND, stranger.kind());
        assertEquals(List.of(NODE1), stranger.suggestions());
    }

    @Test
    void theClassicDotForColonNamesTheRightSpelling() {
        InventoryException bad = assertThrows(
                InventoryException.class,
                () -> Targets.allow(two, "hv-node1", "iqn.1991-05.com.microsoft.hv-node1", Limits.DEFAULTS));
        assertEquals(Kind.INVALID, bad.kind());
        assertTrue(bad.getMessage().contains(NODE1), bad.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"iqn.2026.dev.kume:x", "iqn.2026-13.dev.kume:x", "iqn.2026-11.dev.kume:a b", "eui.12"})
    void whatIsNoIscsiNameIsRefused(String name) {
        InventoryException bad =
                assertThrows(InventoryException.class, () -> Targets.allow(two, "hv-node1", name, Limits.DEFAULTS));
        assertEquals(Kind.INVALID, bad.kind());
        assertTrue(bad.getMessage().contains(name), bad.getMessage());
    }

    @Test
    void aTargetIqnIsTakenOnce() {
        refused(
                Kind.CONFLICT,
                "target 'hv-node1' has the IQN iqn.2026-11.dev.kume:store1-hv-node1 already; choose another name, or give"
                        + " one with --iqn",
                () -> target(two, "third", "IQN.2026-11.dev.kume:store1-hv-node1"));
    }

    @Test
    void theDefaultIqnCarriesHostAndNameInLowerCase() {
        assertEquals(
                "iqn.2026-11.dev.kume:store1.example.com-hv-node-1",
                Targets.defaultIqn("iqn.2026-11.dev.kume", "Store1.example.com", "HV_Node-1"));
        assertThrows(
                InventoryException.class,
                () -> target(two, "long", Targets.defaultIqn("iqn.2026-11.dev.kume", "h".repeat(210), "long")));
    }

    @Test
    void relativePortIdsAreNeverUsedAgain() {
        int last = two.target("hv-node2").relativePortId();
        Inventory less = Targets.remove(two, "hv-node2", Connections.NONE, false);
        Inventory again = target(less, "hv-node2", "iqn.2026-11.dev.kume:store1-hv-node2");
        assertEquals(last + 1, again.target("hv-node2").relativePortId());
    }

    @Test
    void identitiesAreRandomAndDifferInTheFirstEightCharactersOfTheSerial() {
        Set<String> prefixes = new HashSet<>();
        Inventory many = Inventory.EMPTY;
        for (int i = 0; i < 200; i++) {
            DiskIdentity identity = many.newIdentity(random);
            assertTrue(prefixes.add(identity.serial().substring(0, 8)));
            assertEquals(identity.naa(), "%016x%016x".formatted(identity.naaHigh(), identity.naaLow()));
            assertEquals(4, identity.uuid().version());
            many = Disks.add(many, disk("d" + i, Sharing.EXCLUSIVE, identity), Limits.DEFAULTS);
        }
        DiskIdentity first = many.disk("d0").identity();
        DiskIdentity alike = new DiskIdentity(
                many.newIdentity(random).uuid(),
                first.serial().substring(0, 8) + "00000000",
                many.newIdentity(random).naa());
        Inventory all = many;
        assertEquals(
                Kind.CONFLICT,
                assertThrows(
                                InventoryException.class,
                                () -> Disks.add(all, disk("copy", Sharing.EXCLUSIVE, alike), Limits.DEFAULTS))
                        .kind());
    }

    @Test
    void theSameRandomNumbersNeverGiveTwoDisksOneIdentity() {
        Inventory one = Disks.add(
                Inventory.EMPTY,
                disk("a", Sharing.EXCLUSIVE, DiskIdentity.random(new SplittableRandom(1))),
                Limits.DEFAULTS);
        DiskIdentity next = one.newIdentity(new SplittableRandom(1));
        assertNotEquals(one.disk("a").identity(), next);
    }

    @Test
    void limitsAreNamedWithTheirKey() {
        Limits small = Limits.of(
                Map.of(Limit.DISKS, 3L, Limit.TARGETS, 2L, Limit.LUNS_PER_TARGET, 1L, Limit.INITIATORS_PER_TARGET, 1L));
        refused(
                Kind.LIMIT,
                "there are 3 disks, the most that limits.disks allows; remove one or raise the limit in kume.yaml",
                () -> Disks.add(two, disk("fourth", Sharing.EXCLUSIVE), small));
        refused(
                Kind.LIMIT,
                "there are 2 targets, the most that limits.targets allows; remove one or raise the limit in kume.yaml",
                () -> Targets.add(two, "third", "iqn.2026-11.dev.kume:third", List.of(), "", THEN, small));
        Inventory mapped = Mappings.map(two, "vms", "hv-node1", null, small);
        refused(
                Kind.LIMIT,
                "target 'hv-node1' maps 1 disks, the most that limits.lunsPerTarget allows; unmap one or raise the limit"
                        + " in kume.yaml",
                () -> Mappings.map(mapped, "quorum", "hv-node1", null, small));
        refused(
                Kind.LIMIT,
                "target 'hv-node1' would allow 2 initiators, more than limits.initiatorsPerTarget (1); deny one or raise"
                        + " the limit in kume.yaml",
                () -> Targets.allow(two, "hv-node1", NODE1 + "b", small));
    }

    @Test
    void whatWasWrittenDownIsCheckedLikeAChange() {
        Inventory mapped = Mappings.map(two, "quorum", "hv-node1", 0, Limits.DEFAULTS);
        Inventory read = Inventory.of(
                mapped.version(),
                mapped.nextRelativePortId(),
                mapped.disks(),
                mapped.targets(),
                mapped.mappings(),
                List.of(),
                List.of(),
                ChapRule.NONE);
        assertEquals(mapped.mappings(), read.mappings());
        assertThrows(
                InventoryException.class,
                () -> Inventory.of(
                        1,
                        9,
                        mapped.disks(),
                        mapped.targets(),
                        List.of(new Mapping("x", "hv-node1", 0)),
                        List.of(),
                        List.of(),
                        ChapRule.NONE));
        assertThrows(
                InventoryException.class,
                () -> Inventory.of(
                        1,
                        1,
                        mapped.disks(),
                        mapped.targets(),
                        mapped.mappings(),
                        List.of(),
                        List.of(),
                        ChapRule.NONE));
        assertThrows(
                InventoryException.class,
                () -> Inventory.of(
                        1,
                        9,
                        mapped.disks(),
                        mapped.targets(),
                        List.of(new Mapping("data", "hv-node1", 0), new Mapping("data", "hv-node2", 0)),
                        List.of(),
                        List.of(),
                        ChapRule.NONE));
    }

    @Test
    void aSizeThatIsNoWholeNumberOfBlocksIsRefused() {
        refused(
                Kind.INVALID,
                "the size of disk 'odd', 1000 bytes, is not a whole number of 512-byte blocks; use a multiple of 512",
                () -> {
                    sized("odd", 1000, SectorFormat.EMULATED_512);
                    return two;
                });
        assertThrows(InventoryException.class, () -> sized("odd", 4096 + 512, SectorFormat.NATIVE_4K));
    }

    private static InventoryException refused(Kind kind, String message, Supplier<Inventory> change) {
        InventoryException refusal = assertThrows(InventoryException.class, change::get);
        assertEquals(message, refusal.getMessage());
        assertEquals(kind, refusal.kind());
        return refusal;
    }

    private Inventory twoNodes() {
        Inventory inventory = Disks.add(Inventory.EMPTY, disk("quorum", Sharing.CLUSTER), Limits.DEFAULTS);
        inventory = Disks.add(inventory, disk("vms", Sharing.CLUSTER), Limits.DEFAULTS);
        inventory = Disks.add(inventory, disk("data", Sharing.EXCLUSIVE), Limits.DEFAULTS);
        inventory = target(inventory, "hv-node1", "iqn.2026-11.dev.kume:store1-hv-node1");
        return target(inventory, "hv-node2", "iqn.2026-11.dev.kume:store1-hv-node2");
    }

    private static Inventory target(Inventory inventory, String name, String iqn) {
        return Targets.add(inventory, name, iqn, List.of(NODE1), "", THEN, Limits.DEFAULTS);
    }

    private DiskRecord disk(String name, Sharing sharing) {
        return disk(name, sharing, DiskIdentity.random(random));
    }

    private static DiskRecord disk(String name, Sharing sharing, DiskIdentity identity) {
        return new DiskRecord(
                name,
                "/d/" + name + ".vhd",
                "vhd",
                "fixed",
                2L << 30,
                true,
                sharing,
                SectorFormat.EMULATED_512,
                "",
                identity,
                THEN);
    }

    private DiskRecord sized(String name, long sizeBytes, SectorFormat sectors) {
        return new DiskRecord(
                name,
                "/d/" + name,
                "raw",
                "fixed",
                sizeBytes,
                true,
                Sharing.EXCLUSIVE,
                sectors,
                "",
                DiskIdentity.random(random),
                THEN);
    }
}
