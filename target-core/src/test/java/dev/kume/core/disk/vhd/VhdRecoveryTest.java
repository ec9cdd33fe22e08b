package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.FilterStore;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What a crash may leave of footers, headers and tables, and what becomes of it. */
class VhdRecoveryTest {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 512 << 10;
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID OTHER = UUID.fromString("c0ffee00-0000-4000-8000-00000000cafe");

    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    /** A store that leaves a file as a power cut may find it, each time something is to become durable. */
    private static final class CutStore extends FilterStore {
        private final PowerCutStore memory;
        private final RandomGenerator random;
        final List<PowerCutStore> cuts = new ArrayList<>();

        CutStore(PowerCutStore memory, RandomGenerator random) {
            super(memory);
            this.memory = memory;
            this.random = random;
        }

        @Override
        public void flush() throws IOException {
            for (int i = 0; i < 4; i++) {
                cuts.add(memory.cut(random));
            }
            super.flush();
        }
    }

    @Test
    void eitherFooterIsEnoughAndTheOtherIsMadeWhole() {
        Trials.forSeed(5100, 100, random -> {
            PowerCutStore whole = dynamic(random);
            byte[] model = VhdDynamicTest.read(vhd.open(whole.asReadOnly()), 0, 4 * MIB);
            byte[] bytes = whole.bytes();
            boolean head = random.nextBoolean();
            int at = head ? 0 : bytes.length - 512;
            byte[] damage = new byte[random.nextInt(1, 513)];
            random.nextBytes(damage);
            System.arraycopy(damage, 0, bytes, at + random.nextInt(513 - damage.length), damage.length);
            if (Arrays.equals(bytes, whole.bytes())) {
                return;
            }
            PowerCutStore store = PowerCutStore.holding("a.vhd", bytes);
            DiskReport report = vhd.check(store, false, Progress.NONE);
            assertFalse(report.clean());
            assertArrayEquals(bytes, store.bytes(), "a check alone changes nothing");
            assertArrayEquals(model, VhdDynamicTest.read(vhd.open(store.asReadOnly()), 0, 4 * MIB));
            if (random.nextBoolean()) {
                assertTrue(vhd.check(store, true, Progress.NONE).clean());
            } else {
                vhd.open(store);
            }
            assertArrayEquals(whole.bytes(), store.bytes());
            assertTrue(vhd.check(store, false, Progress.NONE).clean());
        });
    }

    @Test
    void missingFooterIsWrittenBehindTheLastBlock() throws IOException {
        PowerCutStore whole = dynamic(RandomGenerator.of("L64X128MixRandom"));
        int length = (int) whole.sizeBytes();
        for (int cut : new int[] {1, 300, 512}) {
            PowerCutStore store = PowerCutStore.holding("a.vhd", Arrays.copyOf(whole.bytes(), length - cut));
            vhd.open(store);
            assertTrue(vhd.check(store, false, Progress.NONE).clean());
            assertArrayEquals(
                    VhdDynamicTest.read(vhd.open(whole), 0, 4 * MIB), VhdDynamicTest.read(vhd.open(store), 0, 4 * MIB));
        }
    }

    @Test
    void theCopyAtTheBeginningHoldsWhenTheyDiffer() throws IOException {
        PowerCutStore store = dynamic(RandomGenerator.of("L64X128MixRandom"));
        ByteBuffer other = VhdFooter.identified(ByteBuffer.wrap(VhdDynamicTest.read(store, 0, 512)), OTHER);
        store.write(store.sizeBytes() - 512, other);
        assertEquals(ID, vhd.inspect(store).uniqueId());
        vhd.open(store);
        assertArrayEquals(VhdDynamicTest.read(store, 0, 512), VhdDynamicTest.read(store, store.sizeBytes() - 512, 512));
    }

    @Test
    void fileThatIsCutOffInABlockIsRefusedAndMended() throws IOException {
        PowerCutStore whole = created(4 * MIB, null);
        MappedDisk disk = (MappedDisk) vhd.open(whole);
        byte[] content = new byte[4 * MIB];
        Arrays.fill(content, (byte) 3);
        disk.write(0, ByteBuffer.wrap(content));
        disk.flush();
        // The last block is there in half, the one before begins it.
        int length = (int) whole.sizeBytes() - 512 - BLOCK / 2;
        PowerCutStore store = PowerCutStore.holding("a.vhd", Arrays.copyOf(whole.bytes(), length));
        String message =
                assertThrows(DiskFormatException.class, () -> vhd.open(store)).getMessage();
        assertTrue(
                message.matches(
                        "a\\.vhd: entry 7 of the block allocation table at offset 32796 says [0-9A-F]{8}: its block"
                                + " from offset \\d+ to \\d+ does not end before the end of the file at " + length
                                + "; `kume disk check --repair` mends what can be mended, or restore the file from a copy"),
                message);
        assertFalse(vhd.check(store, false, Progress.NONE).clean());
        DiskReport report = vhd.check(store, true, Progress.NONE);
        assertTrue(report.clean(), report.toString());
        assertTrue(report.findings().toString().contains("BAT entry 7"), report.toString());
        VirtualDisk mended = vhd.open(store);
        Arrays.fill(content, content.length - BLOCK / 2, content.length, (byte) 0);
        assertArrayEquals(content, VhdDynamicTest.read(mended, 0, content.length));
    }

    @Test
    void entriesThatPointNowhereAndTwiceAreMended() throws IOException {
        PowerCutStore store = created(4 * MIB, null);
        VirtualDisk disk = vhd.open(store);
        byte[] model = new byte[4 * MIB];
        RandomGenerator.of("L64X128MixRandom").nextBytes(model);
        disk.write(0, ByteBuffer.wrap(model));
        disk.flush();
        ByteBuffer table = ByteBuffer.wrap(VhdDynamicTest.read(store, 32768, 32));
        table.putInt(4, 0x7000_0000).putInt(8, 1).putInt(20, table.getInt(24)).putInt(28, table.getInt(12) + 8);
        store.write(32768, table.duplicate());
        PowerCutStore damaged = VhdDynamicTest.copyOf(store);
        assertThrows(DiskFormatException.class, () -> vhd.open(damaged));
        DiskReport report = vhd.check(damaged, true, Progress.NONE);
        assertTrue(report.clean(), report.toString());
        assertEquals(
                4,
                report.findings().stream().filter(finding -> finding.repaired()).count(),
                report.toString());
        byte[] expected = model.clone();
        Arrays.fill(expected, BLOCK, 3 * BLOCK, (byte) 0);
        System.arraycopy(model, 6 * BLOCK, expected, 5 * BLOCK, BLOCK);
        assertTrue(vhd.check(damaged, false, Progress.NONE).clean());
        byte[] mended = VhdDynamicTest.read(vhd.open(damaged), 0, model.length);
        assertArrayEquals(Arrays.copyOf(expected, 7 * BLOCK), Arrays.copyOf(mended, 7 * BLOCK));
    }

    /** Link, identity and size change at once: any cut leaves the one state or the other, and the same bytes. */
    @Test
    void changesOfHeaderAndFooterAreAtomic() {
        Trials.forSeed(5200, 15, random -> {
            ParentLink link = new ParentLink(OTHER, "a.vhd", "/x/a.vhd", 1_800_000_000L);
            PowerCutStore memory = created(4 * MIB, link);
            byte[] model = new byte[4 * MIB];
            VirtualDisk parent = zeroes(40 * MIB);
            CutStore store = new CutStore(memory, random);
            MappedDisk disk = (MappedDisk) vhd.open(store, true, parent);
            VhdDynamicTest.changeLikeAModel(disk, model, random, 10);
            disk.flush();
            for (int round = 0; round < 4; round++) {
                DiskImage before = vhd.inspect(memory);
                store.cuts.clear();
                ParentLink next =
                        new ParentLink(new UUID(round, 1), "r" + round, "/" + "x".repeat(300 * round) + "/r", 0);
                switch (random.nextInt(3)) {
                    case 0 -> disk.relink(next);
                    case 1 -> disk.identify(new UUID(round, 2));
                    default ->
                        disk.grow(before.sizeBytes() + 512L * random.nextInt(1, 16000), Progress.NONE)
                                .use();
                }
                DiskImage after = vhd.inspect(memory);
                assertTrue(memory.allDurable());
                for (PowerCutStore cut : store.cuts) {
                    DiskImage found = vhd.inspect(cut);
                    assertTrue(same(found, before) || same(found, after), found + " is neither");
                    MappedDisk again = (MappedDisk) vhd.open(cut, true, parent);
                    assertArrayEquals(model, VhdDynamicTest.read(again, 0, model.length));
                    assertTrue(vhd.check(cut, false, Progress.NONE).clean());
                }
            }
        });
    }

    private static boolean same(DiskImage a, DiskImage b) {
        return a.sizeBytes() == b.sizeBytes()
                && a.uniqueId().equals(b.uniqueId())
                && a.parent().equals(b.parent());
    }

    @Test
    void compactionLosesNothingInAPowerCut() {
        Trials.forSeed(5300, 12, random -> {
            PowerCutStore memory = created(6 * MIB, null);
            byte[] model = new byte[6 * MIB];
            CutStore store = new CutStore(memory, random);
            MappedDisk disk = (MappedDisk) vhd.open(store);
            VhdDynamicTest.changeLikeAModel(disk, model, random, 15);
            for (int block = random.nextInt(3); block < 12; block += 1 + random.nextInt(3)) {
                disk.unmap((long) block * BLOCK, BLOCK);
                Arrays.fill(model, block * BLOCK, (block + 1) * BLOCK, (byte) 0);
            }
            disk.flush();
            store.cuts.clear();
            disk.compact(Progress.NONE);
            store.cuts.add(memory);
            for (PowerCutStore cut : store.cuts) {
                MappedDisk again = (MappedDisk) vhd.open(cut);
                assertArrayEquals(model, VhdDynamicTest.read(again, 0, model.length));
                DiskReport report = vhd.check(cut, false, Progress.NONE);
                assertTrue(report.clean(), report.toString());
            }
        });
    }

    @Test
    void identityOfAFixedDiskChangesAtOnce() {
        Trials.forSeed(5400, 100, random -> {
            PowerCutStore memory = new PowerCutStore("f.vhd");
            vhd.create(memory, new CreateOptions(64 << 10, ID, true, Progress.NONE));
            byte[] model = new byte[64 << 10];
            random.nextBytes(model);
            try (VirtualDisk disk = vhd.open(VhdDynamicTest.copyOf(memory))) {
                assertEquals(64 << 10, disk.info().sizeBytes());
            }
            memory.write(0, ByteBuffer.wrap(model));
            memory.flush();
            CutStore store = new CutStore(memory, random);
            vhd.identify(store, OTHER);
            assertEquals(OTHER, vhd.inspect(memory).uniqueId());
            assertEquals((64 << 10) + 512, memory.sizeBytes());
            assertTrue(memory.allDurable());
            for (PowerCutStore cut : store.cuts) {
                assertTrue(Set.of(ID, OTHER).contains(vhd.inspect(cut).uniqueId()));
                assertArrayEquals(model, VhdDynamicTest.read(vhd.open(cut.asReadOnly()), 0, model.length));
                if (random.nextBoolean()) {
                    assertTrue(vhd.check(cut, true, Progress.NONE).clean());
                } else {
                    vhd.open(cut);
                }
                assertEquals((64 << 10) + 512, cut.sizeBytes());
                assertTrue(vhd.check(cut, false, Progress.NONE).clean());
            }
        });
    }

    /** Bytes of a fixed disk's initiator are never taken for a header, whatever they look like. */
    @Test
    void fixedDiskWithADynamicOneInItStaysFixed() throws IOException {
        PowerCutStore fixed = new PowerCutStore("f.vhd");
        vhd.create(fixed, new CreateOptions(8 * MIB, OTHER, true, Progress.NONE));
        byte[] inner = dynamic(RandomGenerator.of("L64X128MixRandom")).bytes();
        try (VirtualDisk disk = vhd.open(fixed)) {
            disk.write(0, ByteBuffer.wrap(inner));
        }
        PowerCutStore again = VhdDynamicTest.copyOf(fixed);
        assertEquals(DiskType.FIXED, vhd.inspect(again).type());
        assertEquals(OTHER, vhd.inspect(again).uniqueId());
    }

    private static VirtualDisk zeroes(long sizeBytes) throws IOException {
        PowerCutStore store = new PowerCutStore("zeroes");
        store.resize(sizeBytes);
        return new dev.kume.core.disk.raw.RawFormat().open(store.asReadOnly());
    }

    /** A disk of 4 MiB with something in it. */
    private PowerCutStore dynamic(RandomGenerator random) throws IOException {
        PowerCutStore store = created(4 * MIB, null);
        VirtualDisk disk = vhd.open(store);
        byte[] content = new byte[BLOCK];
        random.nextBytes(content);
        disk.write(MIB + 512, ByteBuffer.wrap(content));
        disk.flush();
        return VhdDynamicTest.copyOf(store);
    }

    private PowerCutStore created(long sizeBytes, ParentLink link) throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhd");
        DiskType type = link == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING;
        vhd.create(
                store,
                new CreateOptions(sizeBytes, ID, type, true, BLOCK, DiskImage.Sectors.UNSAID, link, Progress.NONE));
        return store;
    }
}
