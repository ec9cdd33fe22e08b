package dev.kume.core.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.InventoryException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SnapshotRulesTest {
    private static final Instant THEN = Instant.parse("2026-11-23T07:00:00Z");
    private static final long SIZE_BYTES = 1 << 20;

    private final SplittableRandom random = new SplittableRandom(7);
    private int files;

    private Inventory disk(String name, String format) {
        return disk(Inventory.EMPTY, name, format, DiskLayers.NONE);
    }

    private Inventory disk(Inventory inventory, String name, String format, DiskLayers layers) {
        return Disks.add(inventory, record(inventory, name, "/d/" + name, format, layers), Limits.DEFAULTS);
    }

    private DiskRecord record(Inventory inventory, String name, String file, String format, DiskLayers layers) {
        return new DiskRecord(
                name,
                file,
                format,
                "fixed",
                SIZE_BYTES,
                false,
                Sharing.EXCLUSIVE,
                SectorFormat.EMULATED_512,
                DiskProfile.DEFAULT,
                "",
                inventory.newIdentity(random),
                THEN,
                layers);
    }

    private Inventory take(Inventory inventory, String disk, String name) {
        DiskRecord record = inventory.disk(disk);
        String file = "/d/new" + ++files;
        boolean copies = Snapshots.areCopies(record);
        SnapshotRecord snapshot = new SnapshotRecord(
                name,
                new UUID(random.nextLong(), random.nextLong()),
                copies ? file : record.file(),
                null,
                record.sizeBytes(),
                THEN,
                "",
                false);
        return Snapshots.take(
                inventory,
                List.of(new Snapshots.Taking(
                        record.identity().uuid(),
                        snapshot,
                        copies ? record.file() : file,
                        copies ? record.type() : "differencing",
                        record.sparse())),
                Limits.DEFAULTS);
    }

    private Inventory restore(Inventory inventory, String disk, String name) {
        DiskRecord record = inventory.disk(disk);
        return Snapshots.restore(
                inventory, record.identity().uuid(), name, "/d/new" + ++files, "differencing", record.sparse());
    }

    private Inventory view(Inventory inventory, String name, String disk, String snapshot) {
        Snapshots.Found found = Snapshots.find(inventory, disk, snapshot);
        DiskLayers layers = new DiskLayers(
                List.of(),
                null,
                found.disk().identity().uuid(),
                found.snapshot().id());
        DiskRecord view = record(
                        inventory, name, found.snapshot().file(), found.disk().format(), layers)
                .withSharing(Sharing.READ_ONLY);
        return Snapshots.mount(inventory, view, disk, snapshot, Limits.DEFAULTS);
    }

    private Inventory clone(Inventory inventory, String name, String disk, String snapshot) {
        Snapshots.Found found = Snapshots.find(inventory, disk, snapshot);
        DiskLayers layers = new DiskLayers(
                List.of(),
                null,
                found.disk().identity().uuid(),
                found.snapshot().id());
        DiskRecord clone = record(inventory, name, "/d/" + name, found.disk().format(), layers);
        return Snapshots.mount(inventory, clone, disk, snapshot, Limits.DEFAULTS);
    }

    private static void refused(Kind kind, String message, Supplier<Object> change) {
        InventoryException refusal = assertThrows(InventoryException.class, change::get);
        assertEquals(message, refusal.getMessage());
        assertEquals(kind, refusal.kind());
    }

    /** What the inventory says is what a daemon would load again. */
    private static Inventory valid(Inventory inventory) {
        return Inventory.of(
                inventory.version(),
                inventory.nextRelativePortId(),
                inventory.disks(),
                inventory.targets(),
                inventory.mappings(),
                inventory.clusters(),
                inventory.credentials(),
                inventory.discovery());
    }

    private static String chain(Inventory inventory, String disk) {
        StringBuilder chain = new StringBuilder();
        DiskRecord record = inventory.disk(disk);
        for (SnapshotRecord snapshot : record.layers().snapshots()) {
            chain.append(snapshot.name())
                    .append(snapshot.removing() ? "!" : "")
                    .append('=')
                    .append(snapshot.file())
                    .append(snapshot.base() == null ? "" : "<" + snapshot.base())
                    .append(' ');
        }
        return chain
                + record.file()
                + (record.layers().base() == null ? "" : "<" + record.layers().base());
    }

    // ---- take -------------------------------------------------------------------------------------------------------

    @Test
    void theDiskGoesOnInAChildOfTheFileThatItHad() {
        Inventory inventory = take(take(disk("a", "vhdx"), "a", "one"), "a", "two");
        assertEquals("one=/d/a two=/d/new1<one /d/new2<two", chain(inventory, "a"));
        assertEquals("differencing", inventory.disk("a").type());
        valid(inventory);
    }

    @Test
    void aSnapshotOfARawDiskIsACopyBesideIt() {
        Inventory inventory = take(take(disk("a", "raw"), "a", "one"), "a", "two");
        assertEquals("one=/d/new1 two=/d/new2 /d/a", chain(inventory, "a"));
        assertEquals("fixed", inventory.disk("a").type());
        valid(inventory);
    }

    @Test
    void aSnapshotThatNobodyNamesIsCalledByItsTime() {
        Inventory one = take(disk("a", "vhd"), "a", "2026-11-23-070000");
        Inventory two = take(one, "a", "2026-11-23-070000-2");
        assertEquals(
                "2026-11-23-070000", Snapshots.nameAt(THEN, disk("a", "vhd").disks()));
        assertEquals("2026-11-23-070000-2", Snapshots.nameAt(THEN, one.disks()));
        assertEquals("2026-11-23-070000-3", Snapshots.nameAt(THEN, two.disks()));
    }

    @Test
    void namesAreUniqueInADisk() {
        Inventory inventory = take(disk("a", "vhd"), "a", "one");
        refused(
                Kind.CONFLICT,
                "disk 'a' has a snapshot 'one' already, of 2026-11-23T07:00:00Z; choose another name, or leave it out",
                () -> take(inventory, "a", "ONE"));
        refused(
                Kind.INVALID,
                "'no good' is not a name for a snapshot; use letters, digits, '.', '_' and '-', beginning with a letter"
                        + " or digit",
                () -> take(inventory, "a", "no good"));
    }

    @Test
    void asManyAsTheLimitSaysAndMoreThanSixtyFour() {
        Inventory inventory = disk("a", "vhd");
        for (int i = 0; i < Limit.SNAPSHOTS_PER_DISK.defaultValue(); i++) {
            inventory = take(inventory, "a", "s" + i);
        }
        assertEquals(512, inventory.disk("a").layers().snapshots().size());
        Inventory full = inventory;
        refused(
                Kind.LIMIT,
                "disk 'a' has 512 snapshots, the most that limits.snapshotsPerDisk allows; remove one or raise the"
                        + " limit in kume.yaml",
                () -> take(full, "a", "more"));
    }

    @Test
    void severalDisksAreOneChangeOrNone() {
        Inventory two = disk(disk("a", "vhd"), "b", "vhdx", DiskLayers.NONE);
        Inventory taken = take(two, "b", "one");
        refused(
                Kind.CONFLICT,
                "disk 'b' has a snapshot 'one' already, of 2026-11-23T07:00:00Z; choose another name, or leave it out",
                () -> {
                    Snapshots.checkTake(taken, taken.disks(), "one", Limits.DEFAULTS);
                    return taken;
                });
        refused(Kind.INVALID, "there is no disk to take a snapshot of; name one or more", () -> {
            Snapshots.checkTake(taken, List.of(), "one", Limits.DEFAULTS);
            return taken;
        });
    }

    // ---- what a disk with snapshots cannot
    // ---------------------------------------------------------------------------

    @Test
    void aDiskWithSnapshotsKeepsItsSizeAndStays() {
        Inventory one = take(disk("a", "vhd"), "a", "one");
        Inventory two = take(one, "a", "two");
        refused(
                Kind.GUARD,
                "disk 'a' has the snapshot 'one', so it keeps its size; remove them with 'kume snapshot remove a"
                        + " NAME...' first",
                () -> Disks.grow(one, "a", 2 * SIZE_BYTES));
        refused(
                Kind.GUARD,
                "disk 'a' has 2 snapshots ('one' to 'two'); remove them first, or use --with-snapshots to remove them"
                        + " with it",
                () -> Disks.remove(two, "a"));
        assertNull(Disks.remove(two, "a", true).findDisk("a"));
        refused(
                Kind.CONFLICT,
                "the file /d/a belongs to disk 'a'; two disks never share a file; choose another",
                () -> {
                    Disks.checkNew(one, "b", "/d/a", Limits.DEFAULTS);
                    return one;
                });
    }

    // ---- mount ------------------------------------------------------------------------------------------------------

    @Test
    void aSnapshotIsSeenAsAReadOnlyDiskInItsOwnFile() {
        Inventory inventory = view(take(disk("a", "vhd"), "a", "one"), "v", "a", "one");
        valid(inventory);
        assertEquals(
                "one",
                Snapshots.shownBy(inventory, inventory.disk("v")).snapshot().name());
        assertNull(Snapshots.shownBy(inventory, inventory.disk("a")));
        valid(view(inventory, "w", "a", "one"));
        refused(
                Kind.GUARD,
                "disk 'v' shows the snapshot 'one', so it stays read-only; a writable clone of the snapshot can be"
                        + " written",
                () -> Disks.share(inventory, "v", Sharing.CLUSTER));
        refused(
                Kind.GUARD,
                "disk 'v' is the snapshot 'one' of disk 'a', which never changes; take one of disk 'a', or mount the"
                        + " snapshot with --writable",
                () -> take(inventory, "v", "more"));
        assertEquals(
                "/d/a",
                Disks.remove(inventory, "v").disk("a").layers().find("one").file());
    }

    @Test
    void whatASnapshotIsUsedByKeepsIt() {
        Inventory inventory = clone(view(take(disk("a", "vhd"), "a", "one"), "v", "a", "one"), "c", "a", "one");
        valid(inventory);
        refused(
                Kind.BUSY,
                "snapshot 'one' of disk 'a' is used by disk 'c', disk 'v'; remove these first",
                () -> SnapshotRemovals.mark(inventory, "a", List.of("one")));
        refused(
                Kind.GUARD,
                "disk 'a' is not removed: disks 'c' and 'v' need what it holds; remove the others first, or convert"
                        + " each to a disk of its own",
                () -> Disks.remove(inventory, "a", true));
        Inventory free = Disks.remove(Disks.remove(inventory, "v"), "c");
        assertTrue(SnapshotRemovals.mark(free, "a", List.of("one"))
                .disk("a")
                .layers()
                .find("one")
                .removing());
    }

    @Test
    void whatMovesIntoAnotherFileIsNotMounted() {
        Inventory inventory = take(take(disk("a", "vhd"), "a", "one"), "a", "two");
        Inventory marked = SnapshotRemovals.mark(inventory, "a", List.of("one"));
        refused(
                Kind.BUSY,
                "snapshot 'one' of disk 'a' is being removed; choose another one",
                () -> Snapshots.checkMount(marked, "a", "one"));
        refused(
                Kind.BUSY,
                "snapshot 'two' of disk 'a' moves into the file of 'one', which is being removed; wait for that; 'kume"
                        + " snapshot list a' shows how far it is",
                () -> Snapshots.checkMount(marked, "a", "two"));
        Inventory used = view(inventory, "v", "a", "two");
        refused(
                Kind.BUSY,
                "snapshot 'two' of disk 'a' lies on 'one', whose file it would move into, and is used by disk 'v';"
                        + " remove these first",
                () -> SnapshotRemovals.mark(used, "a", List.of("one")));
    }

    @Test
    void aNameThatIsNotThereOffersTheNearest() {
        Inventory inventory = take(disk("a", "vhd"), "a", "before");
        refused(
                Kind.NOT_FOUND,
                "disk 'a' has no snapshot 'befor'; did you mean before?",
                () -> Snapshots.find(inventory, "a", "befor"));
        refused(
                Kind.NOT_FOUND,
                "disk 'a' has no snapshot 'x'; 'kume snapshot list a' shows what there is",
                () -> Snapshots.find(inventory, "a", "x"));
    }

    // ---- restore ----------------------------------------------------------------------------------------------------

    @Test
    void aRestoredDiskLiesOnTheSnapshotAndTheLaterOnesStay() {
        Inventory inventory = restore(take(take(disk("a", "vhd"), "a", "one"), "a", "two"), "a", "one");
        assertEquals("one=/d/a two=/d/new1<one /d/new3<one", chain(inventory, "a"));
        valid(inventory);
        refused(
                Kind.GUARD,
                "snapshot 'one' of disk 'a' is the base of 'two' and of the disk itself, which was restored;"
                        + " remove 'two' first",
                () -> SnapshotRemovals.mark(inventory, "a", List.of("one")));
        Inventory deeper = take(restore(take(inventory, "a", "three"), "a", "two"), "a", "four");
        assertEquals("one=/d/a two=/d/new1<one three=/d/new3<one four=/d/new5<two /d/new6<four", chain(deeper, "a"));
        refused(
                Kind.GUARD,
                "snapshot 'one' of disk 'a' is the base of 'two' and of 'three'; remove 'two' first, with what lies on"
                        + " it",
                () -> SnapshotRemovals.mark(deeper, "a", List.of("one")));
        assertTrue(SnapshotRemovals.mark(deeper, "a", List.of("one", "three"))
                .disk("a")
                .layers()
                .find("one")
                .removing());
    }

    @Test
    void aDiskIsNotRestoredWhileOneOfItsSnapshotsGoes() {
        Inventory marked =
                SnapshotRemovals.mark(take(take(disk("a", "vhd"), "a", "one"), "a", "two"), "a", List.of("two"));
        refused(
                Kind.BUSY,
                "snapshot 'two' of disk 'a' is being removed; wait for that; 'kume snapshot remove a two' goes on with"
                        + " it",
                () -> restore(marked, "a", "one"));
        refused(
                Kind.BUSY,
                "snapshot 'two' of disk 'a' is being removed; choose another one",
                () -> restore(marked, "a", "two"));
    }

    // ---- remove -----------------------------------------------------------------------------------------------------

    @Test
    void theChildOfASnapshotThatGoesGetsItsFile() {
        Inventory inventory = take(take(take(disk("a", "vhd"), "a", "one"), "a", "two"), "a", "three");
        UUID uuid = inventory.disk("a").identity().uuid();
        Inventory marked = SnapshotRemovals.mark(inventory, "a", List.of("three", "one"));
        assertEquals("one!=/d/a two=/d/new1<one three!=/d/new2<two /d/new3<three", chain(marked, "a"));
        assertSame(marked, SnapshotRemovals.mark(marked, "a", List.of("one")));
        var first = assertInstanceOf(SnapshotRemovals.MergeSnapshot.class, SnapshotRemovals.next(marked, uuid));
        assertEquals("two", first.child().name());
        assertEquals(List.of("three"), first.children());
        Inventory next = SnapshotRemovals.done(marked, uuid, first, "fixed", false);
        assertEquals("two=/d/a three!=/d/new2<two /d/new3<three", chain(next, "a"));
        var second = assertInstanceOf(SnapshotRemovals.MergeDisk.class, SnapshotRemovals.next(next, uuid));
        Inventory last = SnapshotRemovals.done(next, uuid, second, "differencing", true);
        assertEquals("two=/d/a /d/new2<two", chain(last, "a"));
        assertTrue(last.disk("a").sparse());
        assertNull(SnapshotRemovals.next(last, uuid));
        valid(last);
    }

    @Test
    void copiesAreDropped() {
        Inventory marked =
                SnapshotRemovals.mark(take(take(disk("a", "raw"), "a", "one"), "a", "two"), "a", List.of("one"));
        UUID uuid = marked.disk("a").identity().uuid();
        var step = assertInstanceOf(SnapshotRemovals.Drop.class, SnapshotRemovals.next(marked, uuid));
        Inventory done = SnapshotRemovals.done(marked, uuid, step, "fixed", false);
        assertEquals("two=/d/new2 /d/a", chain(done, "a"));
    }

    /** Content is a set of writes; a file holds what was written while it was the disk's. */
    @Test
    void inEveryOrderEachSnapshotKeepsItsContent() {
        for (int seed = 0; seed < 300; seed++) {
            orderKeepsContent(seed);
        }
    }

    private void orderKeepsContent(int seed) {
        Random dice = new Random(seed);
        Inventory inventory = disk("a", "vhdx");
        UUID uuid = inventory.disk("a").identity().uuid();
        Map<String, List<Integer>> written = new HashMap<>();
        Map<String, List<Integer>> content = new HashMap<>();
        int writes = 0;
        for (int i = 0; i < 12; i++) {
            List<SnapshotRecord> there = inventory.disk("a").layers().snapshots();
            if (!there.isEmpty() && dice.nextInt(4) == 0) {
                inventory = restore(
                        inventory, "a", there.get(dice.nextInt(there.size())).name());
            }
            written.computeIfAbsent(inventory.disk("a").file(), file -> new ArrayList<>())
                    .add(++writes);
            content.put("s" + i, read(inventory, written, null));
            inventory = take(inventory, "a", "s" + i);
        }
        List<String> order = new ArrayList<>(content.keySet());
        Collections.shuffle(order, dice);
        int stuck = 0;
        while (!order.isEmpty() && stuck < order.size()) {
            String name = order.removeFirst();
            try {
                inventory = SnapshotRemovals.mark(inventory, "a", List.of(name));
            } catch (InventoryException forked) {
                order.add(name);
                stuck++;
                continue;
            }
            stuck = 0;
            SnapshotRemovals.Step step = SnapshotRemovals.next(inventory, uuid);
            String from = switch (step) {
                case SnapshotRemovals.MergeSnapshot merge -> merge.child().file();
                case SnapshotRemovals.MergeDisk merge -> inventory.disk("a").file();
                case SnapshotRemovals.Drop drop -> null;
            };
            List<Integer> moved = from == null ? null : written.remove(from);
            if (moved != null) {
                written.computeIfAbsent(step.snapshot().file(), file -> new ArrayList<>())
                        .addAll(moved);
            }
            inventory = valid(SnapshotRemovals.done(inventory, uuid, step, "differencing", false));
            for (SnapshotRecord left : inventory.disk("a").layers().snapshots()) {
                assertEquals(content.get(left.name()), read(inventory, written, left.name()), "seed " + seed);
            }
        }
        assertEquals(List.of(), inventory.disk("a").layers().snapshots(), "seed " + seed);
    }

    private static List<Integer> read(
            Inventory inventory, Map<String, List<Integer>> written, @Nullable String snapshot) {
        DiskRecord disk = inventory.disk("a");
        List<Integer> all = new ArrayList<>();
        String base = disk.layers().base();
        if (snapshot == null) {
            all.addAll(written.getOrDefault(disk.file(), List.of()));
        } else {
            base = snapshot;
        }
        while (base != null) {
            SnapshotRecord layer = disk.layers().find(base);
            all.addAll(written.getOrDefault(layer.file(), List.of()));
            base = layer.base();
        }
        Collections.sort(all);
        return all;
    }

    // ---- an inventory that was written down
    // --------------------------------------------------------------------------

    @Test
    void aDamagedInventoryIsRefused() {
        Inventory one = take(disk("a", "vhd"), "a", "one");
        DiskRecord a = one.disk("a");
        DiskRecord twice = record(one, "b", "/d/a", "vhd", DiskLayers.NONE);
        Inventory bad = one.withDisk(null, twice);
        refused(Kind.INVALID, "disks 'a' and 'b' have one file, /d/a", () -> valid(bad));
        DiskRecord orphan = record(
                one,
                "b",
                "/d/b",
                "vhd",
                new DiskLayers(List.of(), null, a.identity().uuid(), new UUID(1, 1)));
        refused(
                Kind.INVALID,
                "disk 'b' has the parent snapshot 00000000-0000-0001-0000-000000000001, which disk 'a' has not",
                () -> valid(one.withDisk(null, orphan)));
    }
}
