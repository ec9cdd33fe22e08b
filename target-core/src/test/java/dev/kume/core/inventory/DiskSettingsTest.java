package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.inventory.InventoryException.Kind;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator sets on a disk and on a mapping. */
final class DiskSettingsTest {
    private static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");
    private static final String NODE1 = "iqn.1991-05.com.microsoft:hv-node1";
    private static final String IQN = "iqn.2026-11.dev.kume:store1-";
    private static final DiskProfile.Changes NOTHING = new DiskProfile.Changes(null, null, null, null);
    private static final Connections NODE1_ON_FIRST = iqn -> iqn.equals(IQN + "first")
            ? List.of(new Connections.Connected(NODE1, InetAddress.ofLiteral("10.0.0.9")))
            : List.of();

    private final Inventory inventory = inventory();

    private static Inventory inventory() {
        SplittableRandom random = new SplittableRandom(3);
        Inventory made = Inventory.EMPTY;
        for (Sharing sharing : Sharing.values()) {
            DiskRecord disk = new DiskRecord(
                    sharing.word(),
                    "/d/" + sharing.word(),
                    "raw",
                    "fixed",
                    1L << 20,
                    true,
                    sharing,
                    SectorFormat.NATIVE_4K,
                    "",
                    made.newIdentity(random),
                    THEN);
            made = Disks.add(made, disk, Limits.DEFAULTS);
        }
        for (String name : List.of("first", "second")) {
            made = Targets.add(made, name, IQN + name, List.of(NODE1), "", THEN, Limits.DEFAULTS);
            made = Mappings.map(made, "cluster", name, null, name.equals("second"), Limits.DEFAULTS);
        }
        return made;
    }

    @Test
    void aMappingIsReadOnlyForItsTargetAlone() {
        assertFalse(Mappings.find(inventory, "cluster", "first").readOnly());
        assertTrue(Mappings.find(inventory, "cluster", "second").readOnly());
        Inventory swapped =
                Mappings.protect(Mappings.protect(inventory, "cluster", "first", true), "cluster", "second", false);
        assertEquals(
                List.of(new Mapping("cluster", "first", 0, true), new Mapping("cluster", "second", 0, false)),
                swapped.mappings());
        assertSame(swapped, Mappings.protect(swapped, "cluster", "first", true));
        refused(
                Kind.NOT_FOUND,
                "disk 'exclusive' is not mapped into target 'first'; it is mapped nowhere",
                () -> Mappings.protect(inventory, "exclusive", "first", true));
    }

    @Test
    void aMappingStaysReadOnlyWhenItsDiskOrTargetIsRenamed() {
        Inventory renamed = Targets.rename(Disks.rename(inventory, "cluster", "vms"), "second", "other");
        assertTrue(Mappings.find(renamed, "vms", "other").readOnly());
        assertFalse(Mappings.find(renamed, "vms", "first").readOnly());
    }

    @ParameterizedTest
    @CsvSource({"512,512,512n", "512,4096,512e", ",,512e", "512,,512e", "4096,4096,4kn", "4096,,4kn", ",512,512n"})
    void blockSizesThatGoTogether(Integer logical, Integer physical, String word) {
        assertEquals(word, SectorFormat.ofBytes(logical, physical).word());
    }

    @ParameterizedTest
    @CsvSource({"4096,512", "1024,4096", "512,8192", "0,0", "-512,4096"})
    void blockSizesThatDoNotGoTogetherAreRefused(int logical, int physical) {
        refused(
                Kind.INVALID,
                "a disk cannot have blocks of %d bytes on physical blocks of %d; use 512 on 512, 512 on 4096 or 4096 on 4096"
                        .formatted(logical, physical),
                () -> SectorFormat.ofBytes(logical, physical));
    }

    @Test
    void aVhdHasNoLongBlocks() {
        refused(
                Kind.INVALID,
                "disk 'vms' cannot have blocks of 4096 bytes: a VHD counts in blocks of 512; use the vhdx or raw format, or"
                        + " blocks of 512 bytes",
                () -> {
                    Disks.checkSectors("vms", "vhd", SectorFormat.NATIVE_4K);
                    return null;
                });
        Disks.checkSectors("vms", "vhd", SectorFormat.EMULATED_512);
        Disks.checkSectors("vms", "vhd", SectorFormat.NATIVE_512);
        Disks.checkSectors("vms", "raw", SectorFormat.NATIVE_4K);
    }

    @ParameterizedTest
    @CsvSource({"ssd,1", "SSD,1", "1025,1025", "7200,7200", "65534,65534"})
    void rotations(String word, int rate) {
        assertEquals(rate, DiskProfile.rotationRate(word));
        assertEquals(rate == 1 ? "ssd" : word, new DiskProfile(true, rate, "KUME", "Virtual Disk").rotation());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "1", "1024", "65535", "-7200", "7200rpm", "fast", "99999999999"})
    void whatIsNoRotationIsRefused(String word) {
        refused(
                Kind.INVALID,
                "'%s' is not a rotation; use ssd, or revolutions per minute from 1025 to 65534, such as 7200"
                        .formatted(word),
                () -> DiskProfile.rotationRate(word));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "ACME", "12345678", "A B", "~!@#"})
    void vendors(String vendor) {
        assertEquals(vendor, new DiskProfile(true, 1, vendor, "Disk").vendor());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "123456789", " ACME", "ACME ", "ACM\u00c9", "A\tB", "A\u0000"})
    void aVendorThatInquiryDataCannotHoldIsRefused(String vendor) {
        InventoryException refused =
                assertThrows(InventoryException.class, () -> new DiskProfile(true, 1, vendor, "Disk"));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals("use 1 to 8 characters of ASCII, without spaces at the ends", refused.remedy());
    }

    @Test
    void aProductHasSixteenCharacters() {
        assertEquals("1234567890123456", new DiskProfile(true, 1, "ACME", "1234567890123456").product());
        refused(
                Kind.INVALID,
                "the product '12345678901234567' cannot be told to initiators; use 1 to 16 characters of ASCII, without"
                        + " spaces at the ends",
                () -> new DiskProfile(true, 1, "ACME", "12345678901234567"));
    }

    @Test
    void aProfileChangesWhereSomethingIsSaid() {
        assertSame(inventory, Disks.present(inventory, "cluster", NOTHING, NODE1_ON_FIRST));
        DiskProfile.Changes changes = DiskProfile.Changes.of(false, "7200", null, null);
        Inventory changed = Disks.present(inventory, "cluster", changes, NODE1_ON_FIRST);
        assertEquals(
                new DiskProfile(false, 7200, "KUME", "Virtual Disk"),
                changed.disk("cluster").profile());
        assertEquals(inventory.version() + 1, changed.version());
    }

    @Test
    void vendorAndProductStayWhileSomebodyIsConnected() {
        DiskProfile.Changes changes = DiskProfile.Changes.of(null, null, "ACME", null);
        refused(
                Kind.BUSY,
                "disk 'cluster' is LUN 0 of target 'first', where " + NODE1
                        + " is connected, so its vendor and product stay; log off at the initiators first: they chose their"
                        + " drivers by them",
                () -> Disks.present(inventory, "cluster", changes, NODE1_ON_FIRST));
        assertEquals(
                "ACME",
                Disks.present(inventory, "cluster", changes, Connections.NONE)
                        .disk("cluster")
                        .profile()
                        .vendor());
        assertEquals(
                "ACME",
                Disks.present(inventory, "exclusive", changes, NODE1_ON_FIRST)
                        .disk("exclusive")
                        .profile()
                        .vendor());
    }

    @Test
    void aDiskGrowsByWholeBlocks() {
        Inventory grown = Disks.grow(inventory, "cluster", (1 << 20) + 4096);
        assertEquals((1 << 20) + 4096, grown.disk("cluster").sizeBytes());
        assertEquals(inventory.mappings(), grown.mappings());
        refused(
                Kind.INVALID,
                "the size of disk 'cluster', 1049088 bytes, is not a whole number of 4096-byte blocks; use a multiple of"
                        + " 4096",
                () -> Disks.grow(inventory, "cluster", (1 << 20) + 512));
    }

    @Test
    void aDiskIsNotMadeSmallerNorTheSame() {
        refused(
                Kind.GUARD,
                "disk 'cluster' has 1 MB (1048576 bytes) and is not made smaller (1044480 bytes): what lies behind would"
                        + " be lost; give a larger size",
                () -> Disks.grow(inventory, "cluster", (1 << 20) - 4096));
        refused(
                Kind.INVALID,
                "disk 'cluster' has 1 MB (1048576 bytes) already; give a larger size",
                () -> Disks.grow(inventory, "cluster", 1 << 20));
        refused(
                Kind.GUARD,
                "disk 'read-only' is read-only, so it keeps its size; change its sharing with 'kume disk set' first",
                () -> Disks.grow(inventory, "read-only", 1 << 21));
    }

    private static void refused(Kind kind, String message, Supplier<?> change) {
        InventoryException refusal = assertThrows(InventoryException.class, change::get);
        assertEquals(message, refusal.getMessage());
        assertEquals(kind, refusal.kind());
    }
}
