package dev.kume.core.disk.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.Interleaving;
import dev.kume.core.testing.PowerCutStore;
import dev.kume.core.testing.SectorHistory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that write into one new block, read, unmap, flush, compact and merge at once: there is an order that explains
 * what each read has seen, sector by sector, and no read ever shows another place of the disk.
 */
final class RaceTest {
    private static final int BLOCK_SECTORS = 8;
    private static final int BLOCK_BYTES = BLOCK_SECTORS * SectorHistory.SECTOR_BYTES;
    private static final int SECTORS = 5 * BLOCK_SECTORS + 3;
    private static final long SIZE_BYTES = (long) SECTORS * SectorHistory.SECTOR_BYTES;

    /** Ways in which a disk can lie. */
    private enum Shape {
        DYNAMIC(DiskType.DYNAMIC, true),
        OVER_A_PARENT(DiskType.DIFFERENCING, true),
        OVER_A_PARENT_WITHOUT_ZERO_BLOCKS(DiskType.DIFFERENCING, false);

        private final DiskType type;
        private final boolean zeroBlocks;

        Shape(DiskType type, boolean zeroBlocks) {
            this.type = type;
            this.zeroBlocks = zeroBlocks;
        }
    }

    /** One disk and what is done with it. */
    private static final class Round {
        private final Shape shape;
        private final PowerCutStore store = new PowerCutStore("disk");
        private final FaultyStore.Hook hook;
        private final @Nullable BlockDisk parent;
        private final SectorHistory history = new SectorHistory(1, SECTORS);
        private final AtomicReference<VirtualDisk> serving = new AtomicReference<>();
        private final BlockDisk disk;
        private boolean merged;

        Round(Shape shape, FaultyStore.Hook hook, RandomGenerator random) throws IOException {
            this.shape = shape;
            this.hook = hook;
            if (shape.type == DiskType.DIFFERENCING) {
                PowerCutStore below = new PowerCutStore("parent");
                PlainLayout.create(below, SIZE_BYTES);
                parent = open(below, DiskType.DYNAMIC, null);
                serving.set(parent);
                for (int i = 0; i < 6; i++) {
                    write(random, 12);
                }
            } else {
                parent = null;
            }
            PlainLayout.create(store, SIZE_BYTES);
            disk = open(store, shape.type, parent);
            serving.set(disk);
        }

        private BlockDisk open(PowerCutStore on, DiskType type, @Nullable VirtualDisk below) throws IOException {
            BackingStore hooked = new FaultyStore(on).hook(hook);
            return BlockDisk.open(hooked, new PlainLayout(hooked, type, BLOCK_BYTES, shape.zeroBlocks), below, true);
        }

        void write(RandomGenerator random, int most) throws IOException {
            int sector = random.nextInt(SECTORS);
            int count = Math.min(1 + random.nextInt(most), SECTORS - sector);
            long generation = history.newGeneration();
            long begin = history.now();
            serving.get().write(offset(sector), history.stamped(sector, count, generation));
            history.written(sector, count, generation, begin);
        }

        void clear(RandomGenerator random) throws IOException {
            int sector = random.nextInt(SECTORS);
            int count = Math.min(1 + random.nextInt(12), SECTORS - sector);
            if (random.nextBoolean()) {
                sector = sector / BLOCK_SECTORS * BLOCK_SECTORS;
                count = Math.min(BLOCK_SECTORS * (1 + random.nextInt(2)), SECTORS - sector);
            }
            long begin = history.now();
            if (random.nextInt(3) > 0) {
                disk.unmap(offset(sector), (long) count * SectorHistory.SECTOR_BYTES);
            } else {
                disk.zero(offset(sector), (long) count * SectorHistory.SECTOR_BYTES);
            }
            history.written(sector, count, 0, begin);
        }

        void read(RandomGenerator random) throws IOException {
            int sector = random.nextInt(SECTORS);
            read(sector, Math.min(1 + random.nextInt(20), SECTORS - sector));
        }

        void read(int sector, int count) throws IOException {
            ByteBuffer target = ByteBuffer.allocate(count * SectorHistory.SECTOR_BYTES);
            long begin = history.now();
            serving.get().read(offset(sector), target);
            history.read(sector, target.flip(), begin);
        }

        /** Whole sectors of what could be had count. */
        int tryRead(int sector, int count) {
            ByteBuffer target = ByteBuffer.allocate(count * SectorHistory.SECTOR_BYTES);
            long begin = history.now();
            int bytes = serving.get().tryRead(offset(sector), target);
            assertEquals(bytes, target.position());
            history.read(sector, target.flip(), begin);
            return bytes;
        }

        void work(RandomGenerator random, int steps) throws IOException {
            for (int i = 0; i < steps; i++) {
                int what = random.nextInt(20);
                if (what < 9) {
                    write(random, 6);
                } else if (what < 12) {
                    clear(random);
                } else if (what < 16) {
                    read(random);
                } else if (what < 18) {
                    int sector = random.nextInt(SECTORS);
                    tryRead(sector, Math.min(4, SECTORS - sector));
                } else {
                    disk.flush();
                }
            }
        }

        /** What an operation thread does, one thing after the other. */
        void operate(RandomGenerator random, int steps) throws IOException {
            for (int i = 0; i < steps; i++) {
                int what = random.nextInt(4);
                if (what == 0) {
                    disk.compact(DiskFormat.Progress.NONE);
                } else if (what == 1) {
                    disk.flush();
                } else if (parent != null && !merged) {
                    merged = merge(random.nextInt(3) > 0);
                }
            }
        }

        private boolean merge(boolean toTheEnd) throws IOException {
            int[] asked = {0};
            try {
                disk.mergeDown((doneBytes, totalBytes) -> {
                    if (!toTheEnd && asked[0]++ == 1) {
                        throw new InterruptedIOException("cancelled");
                    }
                });
            } catch (InterruptedIOException cancelled) {
                return false;
            }
            return true;
        }

        /** Everybody has ended. */
        void end() throws IOException {
            read(0, SECTORS);
            if (merged) {
                assertEquals(0, disk.presentBlocks(), "blocks that were not moved down");
                serving.set(parent);
                read(0, SECTORS);
            }
            disk.close();
            BlockDisk again = open(store.reopened(), shape.type, parent);
            serving.set(again);
            read(0, SECTORS);
            assertTrue(again.check(DiskFormat.Progress.NONE).clean());
            history.check();
        }

        private static long offset(int sector) {
            return (long) sector * SectorHistory.SECTOR_BYTES;
        }
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void anyOrderOfCallsOfTheStoreIsExplained(Shape shape) throws Exception {
        int rounds = Integer.getInteger("kume.race.rounds", 60);
        for (long seed = 1; seed <= rounds; seed++) {
            try {
                stepped(shape, seed);
            } catch (AssertionError | Exception e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private static void stepped(Shape shape, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Interleaving interleaving = new Interleaving(random.split());
        Round round = new Round(shape, interleaving, random.split());
        for (int i = 0; i < 3; i++) {
            SplittableRandom mine = random.split();
            interleaving.add("initiator " + i, () -> round.work(mine, 8));
        }
        SplittableRandom operating = random.split();
        interleaving.add("operation", () -> round.operate(operating, 3));
        SplittableRandom looking = random.split();
        int[] copied = {0};
        interleaving.run(() -> copied[0] += round.tryRead(looking.nextInt(SECTORS), 1));
        assertTrue(copied[0] > 0, "nothing could be read while others stood still");
        round.end();
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void threadsThatRunFreelyAreExplained(Shape shape) throws Exception {
        int rounds = Integer.getInteger("kume.race.rounds", 60);
        for (long seed = 1; seed <= rounds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Round round = new Round(shape, FaultyStore.Hook.NONE, random.split());
            List<Interleaving.Body> bodies = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SplittableRandom mine = random.split();
                bodies.add(() -> round.work(mine, 60));
            }
            SplittableRandom operating = random.split();
            bodies.add(() -> round.operate(operating, 10));
            atOnce(bodies);
            round.end();
        }
    }

    /** Who was inside of a block while somebody else filled it reads its sectors from the file, not from the parent. */
    @Test
    void aBlockThatIsBeingFilledIsNeverReadFromItsParent() throws Exception {
        int blocks = 5_000;
        PowerCutStore below = new PowerCutStore("parent");
        PlainLayout.create(below, (long) blocks * BLOCK_BYTES);
        BlockDisk parent =
                BlockDisk.open(below, new PlainLayout(below, DiskType.DYNAMIC, BLOCK_BYTES, true), null, true);
        parent.write(0, filled(blocks * BLOCK_BYTES, 1));
        for (int round = 0; round < 10; round++) {
            PowerCutStore above = new PowerCutStore("child");
            PlainLayout.create(above, (long) blocks * BLOCK_BYTES);
            BlockDisk child = BlockDisk.open(
                    above, new PlainLayout(above, DiskType.DIFFERENCING, BLOCK_BYTES, true), parent, true);
            AtomicLong filling = new AtomicLong(-1);
            Interleaving.Body writes = () -> {
                for (long block = 0; block < blocks; block++) {
                    child.write(block * BLOCK_BYTES, filled(BLOCK_BYTES - SectorHistory.SECTOR_BYTES, 2));
                    filling.set(block);
                    child.write((block + 1) * BLOCK_BYTES - SectorHistory.SECTOR_BYTES, filled(512, 2));
                }
                filling.set(blocks);
            };
            Interleaving.Body reads = () -> {
                ByteBuffer sector = ByteBuffer.allocate(SectorHistory.SECTOR_BYTES);
                for (long block = -1; block < blocks; block = filling.get()) {
                    if (block >= 0) {
                        child.read(block * BLOCK_BYTES, sector.clear());
                        assertEquals(2, sector.get(0), "of block " + block);
                    }
                }
            };
            atOnce(List.of(writes, reads));
        }
    }

    /** A flush that meets a block which is just taken finds its sectors, too, though it has none yet. */
    @Test
    void aFlushMayComeWhileABlockIsTaken() throws Exception {
        int blocks = 7_000;
        PowerCutStore below = new PowerCutStore("parent");
        PlainLayout.create(below, (long) blocks * BLOCK_BYTES);
        BlockDisk parent =
                BlockDisk.open(below, new PlainLayout(below, DiskType.DYNAMIC, BLOCK_BYTES, true), null, true);
        PowerCutStore above = new PowerCutStore("child");
        PlainLayout.create(above, (long) blocks * BLOCK_BYTES);
        BlockDisk child =
                BlockDisk.open(above, new PlainLayout(above, DiskType.DIFFERENCING, BLOCK_BYTES, true), parent, true);
        AtomicBoolean ended = new AtomicBoolean();
        Interleaving.Body writes = () -> {
            try {
                for (long block = 0; block < blocks; block++) {
                    child.write(block * BLOCK_BYTES, filled(SectorHistory.SECTOR_BYTES, 2));
                }
            } finally {
                ended.set(true);
            }
        };
        Interleaving.Body flushes = () -> {
            while (!ended.get()) {
                child.flush();
            }
        };
        atOnce(List.of(writes, flushes));
        child.flush();
        assertEquals(blocks, child.presentBlocks());
    }

    private static ByteBuffer filled(int bytes, int value) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) value);
        return ByteBuffer.wrap(content);
    }

    private static void atOnce(List<Interleaving.Body> bodies) throws Exception {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Interleaving.Body body : bodies) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    body.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (Thread thread : threads) {
            assertTrue(thread.join(Duration.ofSeconds(60)), "a thread does not end");
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(failed.toString(), failed);
        }
    }
}
