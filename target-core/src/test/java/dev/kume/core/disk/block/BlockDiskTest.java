package dev.kume.core.disk.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskExtent;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskGrowth;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MapNotes;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.FilterStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine alone, over {@link PlainLayout}, against an array of bytes. */
final class BlockDiskTest {
    private static final int BLOCK = 32 << 10;
    private static final int SIZE = 12 * BLOCK + 4096;

    @Test
    void aNewDiskIsZeroesAndTakesNoBlock() throws IOException {
        BlockDisk disk = dynamic(new PowerCutStore("disk"));
        assertArrayEquals(new byte[SIZE], content(disk));
        assertEquals(0, disk.presentBlocks());
        assertEquals(new DiskExtent(false, SIZE), disk.extentAt(0, SIZE));
    }

    @Test
    void aWriteOverTwoBlocksTakesBoth() throws IOException {
        BlockDisk disk = dynamic(new PowerCutStore("disk"));
        disk.write(BLOCK - 512, bytes(1024, 7));
        assertEquals(2, disk.presentBlocks());
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, BLOCK - 512, BLOCK + 512, (byte) 7);
        assertArrayEquals(expected, content(disk));
    }

    @Test
    void tryReadGivesWhatIsInMemoryAndZeroes() throws IOException {
        BlockDisk disk = dynamic(new PowerCutStore("disk"));
        disk.write(0, bytes(512, 3));
        ByteBuffer target = ByteBuffer.allocate(2 * BLOCK);
        assertEquals(2 * BLOCK, disk.tryRead(0, target));
        assertEquals(3, target.get(511));
        assertEquals(0, target.get(BLOCK));
    }

    @Test
    void unmapGivesBlocksBackAndTheyAreUsedAgainAsZeroes() throws IOException {
        PowerCutStore store = new PowerCutStore("disk");
        BlockDisk disk = dynamic(store);
        disk.write(0, bytes(4 * BLOCK, 9));
        disk.flush();
        long fileBytes = store.sizeBytes();
        disk.unmap(0, 4 * BLOCK);
        assertEquals(0, disk.presentBlocks());
        disk.flush();
        disk.write(8 * BLOCK, bytes(512, 5));
        assertEquals(fileBytes, store.sizeBytes(), "the gap is taken");
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, 8 * BLOCK, 8 * BLOCK + 512, (byte) 5);
        assertArrayEquals(expected, content(disk), "nothing of the old blocks comes up");
    }

    @Test
    void aSlotIsNotGivenAwayBeforeItsReleaseIsDurable() throws IOException {
        PowerCutStore store = new PowerCutStore("disk");
        BlockDisk disk = dynamic(store);
        disk.write(0, bytes(BLOCK, 9));
        disk.flush();
        disk.unmap(0, BLOCK);
        disk.write(BLOCK, bytes(BLOCK, 4));
        BlockDisk crashed = open(store, DiskType.DYNAMIC, true, null);
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, 0, BLOCK, (byte) 9);
        assertArrayEquals(expected, content(crashed), "what the map in the file says is there still");
    }

    @Test
    void aChildReadsItsParentWhereItHasNothing() throws IOException {
        BlockDisk parent = dynamic(new PowerCutStore("disk"));
        parent.write(0, bytes(SIZE, 1));
        BlockDisk child = child(new PowerCutStore("disk"), true, parent);
        child.write(BLOCK + 1024, bytes(512, 2));
        child.unmap(3 * BLOCK, BLOCK);
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, (byte) 1);
        Arrays.fill(expected, BLOCK + 1024, BLOCK + 1536, (byte) 2);
        Arrays.fill(expected, 3 * BLOCK, 4 * BLOCK, (byte) 0);
        assertArrayEquals(expected, content(child));
        child.write(3 * BLOCK, bytes(512, 6));
        Arrays.fill(expected, 3 * BLOCK, 3 * BLOCK + 512, (byte) 6);
        assertArrayEquals(expected, content(child), "the parent stays hidden in a block that was unmapped");
    }

    @Test
    void aWriteOverAParentIsOfWholeSectors() throws IOException {
        BlockDisk child = child(new PowerCutStore("disk"), true, dynamic(new PowerCutStore("disk")));
        assertThrows(IllegalArgumentException.class, () -> child.write(100, bytes(512, 2)));
    }

    /** What was answered and could not be made durable is lost: no later flush may say otherwise. */
    @Test
    void afterAFlushThatFailedNoneSucceeds() throws IOException {
        PowerCutStore store = new PowerCutStore("disk");
        PlainLayout.create(store, SIZE);
        boolean[] fails = {false};
        BackingStore failing = new FilterStore(store) {
            @Override
            public void flush() throws IOException {
                if (fails[0]) {
                    throw new IOException("the device is gone");
                }
                super.flush();
            }
        };
        BlockDisk disk = BlockDisk.open(failing, new PlainLayout(failing, DiskType.DYNAMIC, BLOCK, true), null, true);
        disk.write(0, bytes(512, 1));
        fails[0] = true;
        assertThrows(IOException.class, disk::flush);
        fails[0] = false;
        assertThrows(IOException.class, disk::flush);
        assertThrows(IOException.class, () -> disk.write(512, bytes(512, 1)));
        assertEquals(512, disk.tryRead(0, ByteBuffer.allocate(512)));
    }

    @Test
    void growthShowsZeroesAndShrinkingForgets() throws IOException {
        BlockDisk disk = dynamic(new PowerCutStore("disk"));
        disk.write(0, bytes(SIZE, 8));
        disk.shrink(BLOCK + 512);
        assertEquals(BLOCK + 512, disk.info().sizeBytes());
        DiskGrowth growth = disk.grow(3 * BLOCK, Progress.NONE);
        growth.use();
        byte[] expected = new byte[3 * BLOCK];
        Arrays.fill(expected, 0, BLOCK + 512, (byte) 8);
        assertArrayEquals(expected, content(disk));
    }

    @Test
    void compactionMovesTheLastSlotsIntoGaps() throws IOException {
        PowerCutStore store = new PowerCutStore("disk");
        BlockDisk disk = dynamic(store);
        disk.write(0, bytes(8 * BLOCK, 0));
        disk.write(6 * BLOCK, bytes(BLOCK, 6));
        disk.write(7 * BLOCK, bytes(BLOCK, 7));
        disk.flush();
        byte[] expected = content(disk);
        long cut = disk.compact(Progress.NONE);
        assertTrue(cut >= 6 * BLOCK, "cut " + cut);
        assertEquals(2, disk.presentBlocks());
        assertArrayEquals(expected, content(disk));
        disk.close();
        assertArrayEquals(expected, content(open(store, DiskType.DYNAMIC, true, null)));
    }

    @Test
    void whatIsMovedDownIsWrittenInTheParent() throws IOException {
        BlockDisk parent = dynamic(new PowerCutStore("disk"));
        parent.write(0, bytes(SIZE, 1));
        BlockDisk child = child(new PowerCutStore("disk"), true, parent);
        child.write(BLOCK, bytes(512, 2));
        child.unmap(4 * BLOCK, BLOCK);
        byte[] expected = content(child);
        child.mergeDown(Progress.NONE);
        assertEquals(0, child.presentBlocks());
        child.write(0, bytes(512, 3));
        assertEquals(0, child.presentBlocks());
        Arrays.fill(expected, 0, 512, (byte) 3);
        assertArrayEquals(expected, content(child));
        assertArrayEquals(expected, content(parent));
    }

    @Test
    void aMergeThatIsCancelledLeavesADiskOfTheSameContent() throws IOException {
        BlockDisk parent = dynamic(new PowerCutStore("disk"));
        PowerCutStore store = new PowerCutStore("disk");
        BlockDisk child = child(store, true, parent);
        child.write(0, bytes(8 * BLOCK, 2));
        byte[] expected = content(child);
        assertThrows(
                IOException.class,
                () -> child.mergeDown((done, total) -> {
                    if (done >= 3 * BLOCK) {
                        throw new IOException("cancelled");
                    }
                }));
        assertArrayEquals(expected, content(child));
        child.write(0, bytes(512, 4));
        Arrays.fill(expected, 0, 512, (byte) 4);
        child.close();
        assertArrayEquals(expected, content(open(store, DiskType.DIFFERENCING, true, parent)));
        assertFalse(Arrays.equals(expected, content(parent)));
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, true", "true, false"})
    void whatWasAnsweredIsThereAfterACrashOfTheProcess(
            boolean differencing, boolean zeroBlocks, @TempDir Path directory) throws IOException {
        DiskType type = differencing ? DiskType.DIFFERENCING : DiskType.DYNAMIC;
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            LocalFiles files = LocalFiles.ofThisHost();
            Path notes = directory.resolve("disk" + seed);
            UUID boot = new UUID(1, seed);
            PowerCutStore store = new PowerCutStore("disk");
            PlainLayout.create(store, SIZE);
            BlockDisk parent = null;
            if (differencing) {
                parent = dynamic(new PowerCutStore("parent"));
                parent.write(0, bytes(SIZE, 77));
            }
            BlockDisk disk = open(store, type, zeroBlocks, parent);
            MapNotes kept = new MapNotes(files, notes, boot);
            assertTrue(disk.keepNotes(kept));
            byte[] model = content(disk);
            for (int step = 0; step < 50; step++) {
                int offset = 512 * random.nextInt(SIZE / 512);
                int length = Math.min(SIZE - offset, 512 * (1 + random.nextInt(BLOCK / 512)));
                byte value = (byte) (1 + random.nextInt(60));
                switch (random.nextInt(9)) {
                    case 0, 1, 2, 3 -> {
                        disk.write(offset, bytes(length, value));
                        Arrays.fill(model, offset, offset + length, value);
                    }
                    case 4, 5 -> {
                        disk.unmap(offset, length);
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                    }
                    case 6 -> disk.flush();
                    case 7 -> disk.compact(Progress.NONE);
                    default -> {
                        kept.close(); // As a process that is gone does.
                        disk = open(store, type, zeroBlocks, parent);
                        kept = new MapNotes(files, notes, boot);
                        assertTrue(disk.keepNotes(kept), "seed " + seed);
                    }
                }
                assertArrayEquals(model, content(disk), "seed " + seed + " step " + step);
            }
            kept.close();
            BlockDisk otherBoot = open(store, type, zeroBlocks, parent);
            assertTrue(otherBoot.keepNotes(new MapNotes(files, notes, new UUID(2, seed))));
            otherBoot.flush();
            otherBoot.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void randomOperationsLeaveWhatAnArrayWouldHold(boolean differencing, boolean zeroBlocks) throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            new Round(seed, differencing, zeroBlocks).run();
        }
    }

    /** One disk, one array. */
    private static final class Round {
        private final long seed;
        private final Random random;
        private final boolean zeroBlocks;
        private final PowerCutStore store = new PowerCutStore("disk");
        private final @Nullable BlockDisk parent;
        private final DiskType type;
        private BlockDisk disk;
        private byte[] model;

        Round(long seed, boolean differencing, boolean zeroBlocks) throws IOException {
            this.seed = seed;
            this.random = new Random(seed);
            this.zeroBlocks = zeroBlocks;
            this.type = differencing ? DiskType.DIFFERENCING : DiskType.DYNAMIC;
            if (differencing) {
                parent = dynamic(new PowerCutStore("disk"));
                for (int i = 0; i < 6; i++) {
                    parent.write(
                            512L * random.nextInt(SIZE / 512 - 64), bytes(512 * (1 + random.nextInt(64)), 100 + i));
                }
            } else {
                parent = null;
            }
            PlainLayout.create(store, SIZE);
            disk = open(store, type, zeroBlocks, parent);
            model = content(disk);
        }

        void run() throws IOException {
            for (int step = 0; step < 60; step++) {
                int offset = 512 * random.nextInt(model.length / 512);
                int length = Math.min(model.length - offset, 512 * (1 + random.nextInt(3 * BLOCK / 512)));
                byte value = (byte) (1 + random.nextInt(90));
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> {
                        disk.write(offset, bytes(length, value));
                        Arrays.fill(model, offset, offset + length, value);
                    }
                    case 4, 5 -> {
                        disk.unmap(offset, length);
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                    }
                    case 6 -> {
                        disk.zero(offset, length);
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                    }
                    case 7 -> disk.flush();
                    case 8 -> disk.compact(Progress.NONE);
                    case 9 -> {
                        disk.close();
                        disk = open(store, type, zeroBlocks, parent);
                    }
                    case 10 -> {
                        if (parent == null) {
                            resize(512 * (1 + random.nextInt(SIZE / 512)));
                        } else if (random.nextInt(4) == 0) {
                            disk.mergeDown(Progress.NONE);
                            disk.close();
                            disk = open(store, type, zeroBlocks, parent);
                            assertEquals(0, disk.presentBlocks());
                        }
                    }
                    default -> assertExtents();
                }
                assertArrayEquals(model, content(disk), () -> "seed " + seed);
            }
            disk.flush();
            assertTrue(disk.check(Progress.NONE).clean());
        }

        private void resize(int bytes) throws IOException {
            if (bytes > model.length) {
                disk.grow(bytes, Progress.NONE).use();
            } else if (bytes < model.length) {
                disk.shrink(bytes);
            }
            model = Arrays.copyOf(model, bytes);
        }

        private void assertExtents() throws IOException {
            for (long at = 0; at < model.length; ) {
                DiskExtent extent = disk.extentAt(at, model.length - at);
                for (long i = at; !extent.mapped() && i < at + extent.lengthBytes(); i++) {
                    assertEquals(0, model[(int) i], "seed " + seed);
                }
                at += extent.lengthBytes();
            }
        }
    }

    private static BlockDisk dynamic(PowerCutStore store) throws IOException {
        PlainLayout.create(store, SIZE);
        return open(store, DiskType.DYNAMIC, true, null);
    }

    private static BlockDisk child(PowerCutStore store, boolean zeroBlocks, VirtualDisk parent) throws IOException {
        PlainLayout.create(store, SIZE);
        return open(store, DiskType.DIFFERENCING, zeroBlocks, parent);
    }

    private static BlockDisk open(PowerCutStore store, DiskType type, boolean zeroBlocks, @Nullable VirtualDisk parent)
            throws IOException {
        BackingStore again = new FilterStore(store) {
            @Override
            public void close() {} // It is opened again.
        };
        return BlockDisk.open(again, new PlainLayout(again, type, BLOCK, zeroBlocks), parent, true);
    }

    private static byte[] content(VirtualDisk disk) throws IOException {
        ByteBuffer content = ByteBuffer.allocate((int) disk.info().sizeBytes());
        disk.read(0, content);
        return content.array();
    }

    private static ByteBuffer bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }
}
