package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kume.core.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Files of disks and of their snapshots, and who is a child of whom. */
final class DiskLayersTest {
    private static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");
    private static final UUID SNAPSHOT = new UUID(1, 1);

    private final SplittableRandom random = new SplittableRandom(5);
    private final DiskRecord base = disk("base", Sharing.READ_ONLY, DiskLayers.NONE);
    private final DiskRecord snapped = disk(
            "vms", Sharing.CLUSTER, new DiskLayers(List.of(snapshot("monday", SNAPSHOT, null)), "monday", null, null));

    private DiskRecord disk(String name, Sharing sharing, DiskLayers layers) {
        return disk(name, "/d/" + name + ".vhdx", sharing, layers);
    }

    private DiskRecord disk(String name, String file, Sharing sharing, DiskLayers layers) {
        return new DiskRecord(
                name,
                file,
                "vhdx",
                "differencing",
                1 << 20,
                true,
                sharing,
                SectorFormat.EMULATED_512,
                DiskProfile.DEFAULT,
                "",
                DiskIdentity.random(random),
                THEN,
                layers);
    }

    private static SnapshotRecord snapshot(String name, UUID id, @Nullable String under) {
        return new SnapshotRecord(name, id, "/d/" + name + ".snapshot", under, 1 << 20, THEN, "", false);
    }

    private DiskRecord child(String name, DiskRecord of, @Nullable UUID ofSnapshot) {
        return disk(name, Sharing.EXCLUSIVE, over(of, ofSnapshot));
    }

    private static DiskLayers over(DiskRecord parent, @Nullable UUID ofSnapshot) {
        return new DiskLayers(List.of(), null, parent.identity().uuid(), ofSnapshot);
    }

    private static Inventory of(DiskRecord... disks) {
        return Inventory.of(3, 1, Arrays.asList(disks), List.of(), List.of(), List.of(), List.of(), ChapRule.NONE);
    }

    private static void refused(String message, Supplier<?> change) {
        InventoryException e = assertThrows(InventoryException.class, change::get);
        assertEquals(message, e.getMessage());
    }

    @Test
    void aParentOfOthersStaysAsItIs() {
        Inventory one = of(base, child("a", base, null));
        refused(
                "disk 'base' is not removed: disk 'a' needs what it holds; remove the other first, or convert it to a"
                        + " disk of its own",
                () -> Disks.remove(one, "base"));
        refused(
                "disk 'base' stays read-only: disk 'a' needs what it holds; remove the disks that are over it first",
                () -> Disks.share(one, "base", Sharing.CLUSTER));
        assertEquals(
                Sharing.READ_ONLY,
                Disks.share(one, "base", Sharing.READ_ONLY).disk("base").sharing());
        Inventory two = of(base, child("a", base, null), child("b", base, null));
        refused(
                "disk 'base' is not resized: disks 'a' and 'b' need what it holds; remove the others first, or convert"
                        + " each to a disk of its own",
                () -> {
                    Disks.checkNoChildren(two, base, "is not resized");
                    return two;
                });
        assertEquals(2, Disks.childrenOf(two, two.disk("base")).size());
        assertSame(two.disk("base"), Disks.parentOf(two, two.disk("a")));
        assertNull(Disks.parentOf(two, two.disk("base")));
        Inventory without = Disks.remove(Disks.remove(two, "a"), "b");
        assertEquals(0, Disks.remove(without, "base").disks().size());
    }

    @Test
    void aDiskWhoseSnapshotHasChildrenIsWrittenButNotRemoved() {
        Inventory inventory = of(snapped, child("clone", snapped, SNAPSHOT));
        assertEquals(
                Sharing.EXCLUSIVE,
                Disks.share(inventory, "vms", Sharing.EXCLUSIVE).disk("vms").sharing());
        assertThrows(InventoryException.class, () -> Disks.remove(inventory, "vms"));
    }

    @Test
    void aReadOnlyDiskMayShowTheFileOfASnapshotAndStaysReadOnly() {
        DiskRecord shown = disk("shown", "/d/monday.snapshot", Sharing.READ_ONLY, over(snapped, SNAPSHOT));
        Inventory inventory = Disks.add(of(snapped), shown, Limits.DEFAULTS);
        refused(
                "disk 'shown' shows the snapshot 'monday', so it stays read-only; a writable clone of the snapshot can"
                        + " be written",
                () -> Disks.share(inventory, "shown", Sharing.EXCLUSIVE));
        assertEquals(2, of(snapped, shown).disks().size());
        DiskRecord written = disk("written", "/d/monday.snapshot", Sharing.EXCLUSIVE, over(snapped, SNAPSHOT));
        refused("disks 'vms' and 'written' have one file, /d/monday.snapshot", () -> of(snapped, written));
        refused(
                "the file /d/monday.snapshot belongs to disk 'vms'; two disks never share a file; choose another",
                () -> Disks.add(of(snapped), written, Limits.DEFAULTS));
        refused(
                "the file /d/monday.snapshot belongs to disk 'vms'; two disks never share a file; choose another",
                () -> {
                    Disks.checkNew(of(snapped), "new", "/d/monday.snapshot", Limits.DEFAULTS);
                    return "new";
                });
    }

    @Test
    void whatWasWrittenDownAndCannotBeIsRefused() {
        refused(
                "disk 'a' has the parent %s, which is not there"
                        .formatted(base.identity().uuid()),
                () -> of(child("a", base, null)));
        refused(
                "disk 'a' has the parent snapshot %s, which disk 'base' has not".formatted(SNAPSHOT),
                () -> of(base, child("a", base, SNAPSHOT)));
        DiskRecord twice = disk(
                "vms",
                "/d/monday.snapshot",
                Sharing.CLUSTER,
                new DiskLayers(List.of(snapshot("monday", SNAPSHOT, null)), "monday", null, null));
        refused("disk 'vms' has one file, /d/monday.snapshot, twice", () -> of(twice));
        refused(
                "disks 'base' and 'vms' have one file, /d/monday.snapshot",
                () -> of(disk("base", "/d/monday.snapshot", Sharing.READ_ONLY, DiskLayers.NONE), snapped));
        List<SnapshotRecord> snapshots = new ArrayList<>(List.of(snapshot("tuesday", SNAPSHOT, "monday")));
        refused(
                "a snapshot 'monday' is named as a base and is not there; name one that is",
                () -> new DiskLayers(snapshots, null, null, null));
    }

    @Test
    void aParentIsReadOnlyFromTheBeginning() {
        DiskRecord written = disk("written", Sharing.CLUSTER, DiskLayers.NONE);
        refused(
                "disk 'written' can be written, so it is no parent of other disks; run 'kume disk set written --sharing"
                        + " read-only' first",
                () -> Disks.add(of(written), child("a", written, null), Limits.DEFAULTS));
        assertEquals(
                2,
                Disks.add(of(base), child("a", base, null), Limits.DEFAULTS)
                        .disks()
                        .size());
        refused(
                "disk 'a' is not added: its parent is gone; make it over another one",
                () -> Disks.add(of(written), child("a", base, null), Limits.DEFAULTS));
    }

    @Test
    void theFileOfASnapshotStaysWhenItsFaceGoes() {
        DiskRecord shown = disk("shown", "/d/monday.snapshot", Sharing.READ_ONLY, over(snapped, SNAPSHOT));
        Inventory inventory = of(snapped, shown);
        refused(
                "disk 'shown' shows the file of the snapshot 'monday' of disk 'vms', which stays; leave --delete-file"
                        + " out",
                () -> {
                    Disks.checkOwnFile(inventory, shown);
                    return inventory;
                });
        Disks.checkOwnFile(inventory, snapped);
        assertEquals(1, Disks.remove(inventory, "shown").disks().size());
    }

    @Test
    void theChildOfAVhdKeepsItsSize() {
        DiskRecord vhd = child("a", base, null).withFile("/d/a.vhd", "vhd", "differencing", true, over(base, null));
        refused(
                "disk 'a' keeps its size: the child of a VHD has the size of its parent; convert it to a disk of its own"
                        + " first, or use the vhdx format",
                () -> {
                    Disks.checkGrowth(vhd, 2 << 20);
                    return vhd;
                });
        Disks.checkGrowth(child("b", base, null), 2 << 20);
    }

    @Test
    void disksAreNoCircle() {
        DiskRecord a = disk("a", Sharing.READ_ONLY, DiskLayers.NONE);
        DiskRecord b = child("b", a, null);
        DiskRecord under = new DiskRecord(
                a.name(),
                a.file(),
                a.format(),
                a.type(),
                a.sizeBytes(),
                a.sparse(),
                a.sharing(),
                a.sectorFormat(),
                a.profile(),
                a.description(),
                a.identity(),
                a.created(),
                over(b, null));
        refused("disk 'a' is a parent of itself", () -> of(under, b));
    }
}
