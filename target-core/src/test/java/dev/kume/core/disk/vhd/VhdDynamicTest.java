package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Dynamic VHDs that Kume makes, byte for byte and against a model. */
class VhdDynamicTest {
    private static final long MIB = 1L << 20;
    private static final int BLOCK = 512 << 10;
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    /** Every field at its offset, written out by hand from the specification. */
    @Test
    void newDiskByteForByte() throws IOException {
        PowerCutStore store = created(2048 * MIB, 0);
        ByteBuffer footer = ByteBuffer.allocate(512)
                .put(HexFormat.of()
                        .parseHex(
                                "636f6e6563746978" // conectix
                                        + "00000002" // features: reserved bit
                                        + "00010000" // version 1.0
                                        + "0000000000000200" // the header stands at 512
                                        + "32963e80" // seconds from 2000 to 2026-11-23
                                        + "77696e20" // "win "
                                        + "000a0000" // 10.0
                                        + "5769326b" // Wi2k
                                        + "0000000080000000" // original size
                                        + "0000000080000000" // current size
                                        + "1041103f" // 4161 cylinders, 16 heads, 63 sectors
                                        + "00000003" // dynamic
                                        + "00000000" // checksum, below
                                        + "00112233445566778899aabbccddeeff"
                                        + "00"));
        footer.putInt(64, complement(footer.array()));
        ByteBuffer header = ByteBuffer.allocate(1024)
                .put(HexFormat.of()
                        .parseHex(
                                "6378737061727365" // cxsparse
                                        + "ffffffffffffffff" // no data offset
                                        + "0000000000008000" // the table stands at 32768
                                        + "00010000" // version 1.0
                                        + "00000400" // 1024 blocks
                                        + "00200000" // of 2 MiB
                                        + "00000000")); // checksum, below
        header.putInt(36, complement(header.array()));
        byte[] table = new byte[4096];
        Arrays.fill(table, (byte) 0xFF);

        assertArrayEquals(footer.array(), read(store, 0, 512));
        assertArrayEquals(header.array(), read(store, 512, 1024));
        assertArrayEquals(new byte[32768 - 1536], read(store, 1536, 32768 - 1536));
        assertArrayEquals(table, read(store, 32768, 4096));
        assertArrayEquals(footer.array(), read(store, 36864, 512));
        assertEquals(36864 + 512, store.sizeBytes());
        assertTrue(store.allDurable());
    }

    @Test
    void firstBlockByteForByte() throws IOException {
        PowerCutStore store = created(4 * MIB, 0);
        byte[] content = new byte[1024];
        Arrays.fill(content, (byte) 0x5A);
        try (VirtualDisk disk = vhd.open(store)) {
            disk.write(2 * MIB + 512, ByteBuffer.wrap(content));
            disk.flush();
            assertTrue(store.allDurable());
            ByteBuffer entries = ByteBuffer.wrap(read(store, 32768, 8));
            assertEquals(-1, entries.getInt(0));
            // Head and table end at 33280; data is at the next multiple of 4096 behind them that leaves room for a
            // bitmap.
            assertEquals((36864 - 512) / 512, entries.getInt(4));
            byte[] bitmap = new byte[512];
            Arrays.fill(bitmap, (byte) 0xFF);
            assertArrayEquals(bitmap, read(store, 36352, 512));
            assertArrayEquals(new byte[512], read(store, 36864, 512));
            assertArrayEquals(content, read(store, 36864 + 512, 1024));
            assertArrayEquals(read(store, 0, 512), read(store, 36864 + 2 * MIB, 512), "the footer is behind the block");
            assertEquals(36864 + 2 * MIB + 512, store.sizeBytes());
        }
    }

    @Test
    void inspectTellsWhatItIs() throws IOException {
        PowerCutStore store = created(3 * MIB, BLOCK);
        assertEquals(
                new DiskImage(
                        "vhd",
                        DiskType.DYNAMIC,
                        3 * MIB,
                        store.sizeBytes(),
                        store.allocatedBytes(),
                        BLOCK,
                        DiskImage.Sectors.UNSAID,
                        ID,
                        ID,
                        null),
                vhd.inspect(store));
        try (MappedDisk disk = (MappedDisk) vhd.open(store)) {
            assertEquals(DiskType.DYNAMIC, disk.type());
            assertEquals(BLOCK, disk.blockBytes());
            assertEquals(0, disk.presentBlocks());
            assertNull(disk.parent());
            assertTrue(disk.info().thin());
            assertFalse(disk.info().readOnly());
        }
    }

    @Test
    void sizesAndBlocksThatDoNotFitAreRefused() {
        assertEquals(
                "a.vhd: a VHD in blocks of 1000000 bytes cannot be made; give a power of two from 512 KB to 256 MB, such"
                        + " as the usual 2 MB",
                refused(MIB, 1_000_000));
        assertTrue(refused(MIB, 256 << 10).contains("cannot be made"));
        assertTrue(refused(MIB, 512 << 20).contains("cannot be made"));
        assertEquals(
                "a VHD holds at most 2040 GiB (2190433320960 bytes), not 2190433321472 bytes; make it smaller or use the"
                        + " vhdx or raw format",
                refused((2040L << 30) + 512, 0));
        // Entries count sectors of the file in 32 bits, and small blocks need more beside their data.
        assertTrue(refused(2040L << 30, BLOCK).contains("choose larger blocks"), refused(2040L << 30, BLOCK));
        assertTrue(refused(1000, 0).startsWith("a disk of 1000 bytes cannot be made"));
    }

    @Test
    void largestDiskIsMadeAndHoldsBothEnds() throws IOException {
        PowerCutStore store = created(2040L << 30, 0);
        byte[] content = new byte[4096];
        Arrays.fill(content, (byte) 7);
        try (VirtualDisk disk = vhd.open(store)) {
            disk.write(0, ByteBuffer.wrap(content));
            disk.write((2040L << 30) - 4096, ByteBuffer.wrap(content));
            disk.flush();
        }
        try (VirtualDisk disk = vhd.open(store.cut(RandomGenerator.getDefault()))) {
            assertArrayEquals(content, read(disk, 0, 4096));
            assertArrayEquals(content, read(disk, (2040L << 30) - 4096, 4096));
        }
    }

    @Test
    void whatIsWrittenIsReadAsByAModelAlsoAfterOpeningAgain() {
        Trials.forSeed(2100, 25, random -> {
            long sizeBytes = 512L * random.nextInt(1, 12000);
            PowerCutStore store = created(sizeBytes, BLOCK << random.nextInt(2));
            byte[] model = new byte[(int) sizeBytes];
            for (int round = 0; round < 3; round++) {
                MappedDisk disk = (MappedDisk) vhd.open(store);
                changeLikeAModel(disk, model, random, 40);
                if (round == 1) {
                    disk.compact(Progress.NONE);
                }
                assertArrayEquals(model, read(disk, 0, model.length));
                DiskReport report = disk.check(Progress.NONE);
                assertTrue(report.clean(), report.toString());
                disk.flush();
                store = copyOf(store);
                DiskReport closed = vhd.check(store, false, Progress.NONE);
                assertTrue(closed.clean(), closed.toString());
            }
        });
    }

    @Test
    void flushedBytesSurviveEveryPowerCut() {
        Trials.forSeed(2200, 300, random -> {
            PowerCutStore store = created(4 * MIB, BLOCK);
            byte[] model = new byte[(int) (4 * MIB)];
            VirtualDisk disk = vhd.open(store);
            changeLikeAModel(disk, model, random, 12);
            disk.flush();
            // Behind the flush only blocks are touched that hold nothing else yet, or are written as they were.
            for (int i = 0; i < 6; i++) {
                int at = 512 * random.nextInt(model.length / 512 - 8);
                disk.write(at, ByteBuffer.wrap(model, at, 4096));
            }
            PowerCutStore after = store.cut(random);
            try (VirtualDisk again = vhd.open(after)) {
                assertArrayEquals(model, read(again, 0, model.length));
            }
            DiskReport report = vhd.check(copyOf(after), false, Progress.NONE);
            assertTrue(report.clean(), report.toString());
        });
    }

    @Test
    void growsAndShrinksLikeAModel() {
        Trials.forSeed(2300, 20, random -> {
            long sizeBytes = 512L * random.nextInt(1, 6000);
            PowerCutStore store = created(sizeBytes, BLOCK);
            byte[] model = new byte[(int) sizeBytes];
            MappedDisk disk = (MappedDisk) vhd.open(store);
            for (int round = 0; round < 6; round++) {
                changeLikeAModel(disk, model, random, 10);
                int to = 512 * random.nextInt(1, 9000);
                if (to > model.length) {
                    disk.grow(to, Progress.NONE).use();
                } else if (to < model.length) {
                    disk.shrink(to);
                }
                model = Arrays.copyOf(model, to);
                assertEquals(to, vhd.inspect(store).sizeBytes());
                if (random.nextBoolean()) {
                    disk.close();
                    store = copyOf(store);
                    disk = (MappedDisk) vhd.open(store);
                }
                assertArrayEquals(model, read(disk, 0, model.length));
            }
        });
    }

    /** From one sector of the table to many: it has to move, and moves again. */
    @Test
    void tableMovesWhenItGrows() throws IOException {
        PowerCutStore store = created(MIB, BLOCK);
        byte[] content = new byte[512];
        Arrays.fill(content, (byte) 3);
        MappedDisk disk = (MappedDisk) vhd.open(store);
        disk.write(0, ByteBuffer.wrap(content));
        long[] sizes = {MIB << 10, MIB << 12, MIB << 14};
        for (long size : sizes) {
            disk.grow(size, Progress.NONE).use();
            disk.write(size - 512, ByteBuffer.wrap(content));
        }
        disk.close();
        disk = (MappedDisk) vhd.open(copyOf(store));
        assertEquals(4, disk.presentBlocks());
        assertArrayEquals(content, read(disk, 0, 512));
        for (long size : sizes) {
            assertArrayEquals(content, read(disk, size - 512, 512));
        }
    }

    @Test
    void aGrowthThatIsTooLargeChangesNothing() throws IOException {
        PowerCutStore store = created(MIB, 0);
        try (MappedDisk disk = (MappedDisk) vhd.open(store)) {
            assertThrows(DiskFormatException.class, () -> disk.grow(2041L << 30, Progress.NONE));
            disk.write(0, ByteBuffer.allocate(512));
            disk.flush();
            assertEquals(MIB, vhd.inspect(store).sizeBytes());
        }
    }

    @Test
    void aGrowthIsTakenBack() throws IOException {
        PowerCutStore store = created(MIB, BLOCK);
        MappedDisk disk = (MappedDisk) vhd.open(store);
        disk.write(0, ByteBuffer.wrap(new byte[] {1}));
        disk.grow(900 * MIB, Progress.NONE);
        disk.close();
        PowerCutStore again = copyOf(store);
        assertEquals(900 * MIB, vhd.inspect(again).sizeBytes());
        vhd.settle(again, MIB);
        assertEquals(MIB, vhd.inspect(again).sizeBytes());
        vhd.settle(again, MIB);
        assertTrue(again.allDurable());
        assertEquals(
                "a.vhd is a VHD of 1048576 bytes, not one of 2097152 bytes that has grown; restore it",
                assertThrows(DiskFormatException.class, () -> vhd.settle(again, 2 * MIB))
                        .getMessage());
        assertEquals(1, read(vhd.open(again), 0, 1)[0]);
    }

    private String refused(long sizeBytes, long blockBytes) {
        PowerCutStore store = new PowerCutStore("a.vhd");
        String message = assertThrows(
                        DiskFormatException.class, () -> vhd.create(store, options(sizeBytes, blockBytes)))
                .getMessage();
        assertEquals(0, store.sizeBytes());
        return message;
    }

    private PowerCutStore created(long sizeBytes, long blockBytes) throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhd");
        vhd.create(store, options(sizeBytes, blockBytes));
        return store;
    }

    private static CreateOptions options(long sizeBytes, long blockBytes) {
        return new CreateOptions(
                sizeBytes, ID, DiskType.DYNAMIC, true, blockBytes, DiskImage.Sectors.UNSAID, null, Progress.NONE);
    }

    static void changeLikeAModel(VirtualDisk disk, byte[] model, RandomGenerator random, int steps) throws IOException {
        for (int step = 0; step < steps; step++) {
            int from = 512 * random.nextInt(model.length / 512);
            int bytes = Math.min(model.length - from, 512 * random.nextInt(1, 3 * BLOCK / 512 >>> random.nextInt(10)));
            switch (random.nextInt(6)) {
                case 0 -> {
                    disk.zero(from, bytes);
                    Arrays.fill(model, from, from + bytes, (byte) 0);
                }
                case 1 -> {
                    disk.unmap(from, bytes);
                    Arrays.fill(model, from, from + bytes, (byte) 0);
                }
                case 2 -> disk.flush();
                default -> {
                    byte[] content = new byte[bytes];
                    random.nextBytes(content);
                    disk.write(from, ByteBuffer.wrap(content));
                    System.arraycopy(content, 0, model, from, bytes);
                }
            }
        }
    }

    static PowerCutStore copyOf(PowerCutStore store) {
        return PowerCutStore.holding(store.location(), store.bytes());
    }

    static byte[] read(VirtualDisk disk, long offsetBytes, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        disk.read(offsetBytes, target);
        return target.array();
    }

    static byte[] read(BackingStore store, long offsetBytes, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        store.read(offsetBytes, target);
        return target.array();
    }

    private static int complement(byte[] bytes) {
        int sum = 0;
        for (byte b : bytes) {
            sum += b & 0xFF;
        }
        return ~sum;
    }
}
