package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FaultyStore.Call;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A copy of a disk that is written meanwhile is the disk, at one instant; and the disk never suffers by it. */
final class DiskCopyTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 6 * MIB + 512;

    private final PowerCutStore from = MemoryDisk.emptyStore(SIZE_BYTES);
    private final PowerCutStore to = MemoryDisk.emptyStore(SIZE_BYTES);
    private final LiveDisk live = new LiveDisk(MemoryDisk.on(from, SIZE_BYTES));
    private final IsolatedDisk disk = IsolatedDisk.of(live);

    private static void finish(DiskCopy copy, DiskCopy.Step step) throws IOException {
        copy.finish(Duration.ofSeconds(30), new FixedClock(Instant.EPOCH), step);
    }

    private static ByteBuffer random(Random random, int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return ByteBuffer.wrap(content);
    }

    @Test
    void whatHasNoSpaceAndWhatIsZeroTakesNoneInTheCopy() throws Exception {
        disk.write(512, random(new Random(1), 70_000));
        disk.write(3 * MIB, ByteBuffer.allocate(MIB));
        disk.write(5 * MIB - 4096, random(new Random(2), 8192));
        assertEquals(70_144 + MIB + 8192, DiskCopy.mappedBytes(disk, DiskFormat.Progress.NONE), 512);
        List<Long> heard = new ArrayList<>();
        try (DiskCopy copy = new DiskCopy(disk, live, MemoryDisk.on(to, SIZE_BYTES))) {
            copy.run((done, total) -> {
                assertEquals(SIZE_BYTES, total);
                heard.add(done);
            });
            finish(copy, () -> {});
        }
        assertArrayEquals(from.bytes(), to.bytes());
        assertTrue(to.allocatedBytes() < 70_000 + 8192 + 4 * 4096, to.allocatedBytes() + " bytes");
        assertTrue(heard.size() >= 5, heard.toString());
        assertEquals(SIZE_BYTES, heard.getLast());
    }

    @Test
    void aHoleIsOneStep() throws Exception {
        long hugeBytes = 40L << 40;
        PowerCutStore huge = MemoryDisk.emptyStore(hugeBytes);
        VirtualDisk hugeDisk = MemoryDisk.on(huge, hugeBytes);
        LiveDisk hugeLive = new LiveDisk(new FilterDisk() {
            @Override
            VirtualDisk behind() {
                return hugeDisk;
            }

            @Override
            public DiskExtent extentAt(long offsetBytes, long lengthBytes) {
                return new DiskExtent(false, lengthBytes);
            }
        });
        List<Long> heard = new ArrayList<>();
        try (DiskCopy copy = new DiskCopy(
                IsolatedDisk.of(hugeLive), hugeLive, MemoryDisk.on(MemoryDisk.emptyStore(hugeBytes), hugeBytes))) {
            copy.run((done, total) -> heard.add(done));
        }
        assertEquals(List.of(0L, hugeBytes), heard);
    }

    @Test
    void writersRaceWithTheCopyAndTheTwoAreOne() {
        Trials.forSeed(7, 40, random -> race(random.nextInt(1 << 30), new LiveDisk(MemoryDisk.ofSize(SIZE_BYTES))));
    }

    /** Here two writes of one place are torn, and happen in either order. */
    @Test
    void writersThatTearEachOtherLeaveTheSameInBoth() {
        Trials.forSeed(11, 15, random -> race(random.nextInt(1 << 30), new LiveDisk(new YieldingDisk(SIZE_BYTES))));
    }

    private static void race(long seed, LiveDisk live) throws Exception {
        IsolatedDisk disk = IsolatedDisk.of(live);
        PowerCutStore to = MemoryDisk.emptyStore(SIZE_BYTES);
        Random content = new Random(seed);
        for (int i = 0; i < 20; i++) {
            disk.write(content.nextInt(SIZE_BYTES / 512 - 64) * 512L, random(content, 512 * (1 + content.nextInt(64))));
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong changes = new AtomicLong();
        ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(seed * 31 + i);
            writers.add(Thread.ofPlatform().start(() -> {
                try {
                    while (!over.get()) {
                        change(disk, random);
                        changes.incrementAndGet();
                    }
                } catch (IOException | RuntimeException | Error e) {
                    wrong.add(e);
                }
            }));
        }
        AtomicLong atTheInstant = new AtomicLong();
        byte[] source = new byte[SIZE_BYTES];
        try (DiskCopy copy = new DiskCopy(disk, live, MemoryDisk.on(to, SIZE_BYTES))) {
            copy.run((done, total) -> {
                // Writers get between any two chunks.
                long before = changes.get();
                while (changes.get() < before + 2 && wrong.isEmpty()) {
                    Thread.onSpinWait();
                }
            });
            finish(copy, () -> {
                live.current().read(0, ByteBuffer.wrap(source));
                atTheInstant.set(changes.get());
                PowerCutStore survived = to.cut(new Random(seed));
                assertArrayEquals(source, survived.bytes(), "it is durable as a whole");
            });
        } finally {
            over.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
        }
        assertEquals(List.of(), List.copyOf(wrong));
        assertTrue(atTheInstant.get() > 10, "writers were at work: " + atTheInstant);
        assertArrayEquals(source, to.bytes(), "nothing came to the copy any more");
    }

    /** Ranges that overlap those of others again and again. */
    private static void change(IsolatedDisk disk, Random random) throws IOException {
        int sectors = SIZE_BYTES / 512;
        int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 3000 : 16);
        long at = random.nextBoolean() ? random.nextInt(sectors - length) : random.nextInt(8) * 1024L;
        at = Math.min(at, sectors - length);
        switch (random.nextInt(6)) {
            case 0 -> disk.unmap(at * 512, length * 512L);
            case 1 -> disk.zero(at * 512, length * 512L);
            default -> disk.write(at * 512, random(random, length * 512));
        }
    }

    @Test
    void aTargetThatFailsEndsTheCopyAndTheDiskGoesOn() throws Exception {
        Random random = new Random(3);
        disk.write(0, random(random, SIZE_BYTES));
        FaultyStore faulty = new FaultyStore(to);
        AtomicBoolean full = new AtomicBoolean();
        faulty.hook((call, offsetBytes, lengthBytes) -> {
            if (call == Call.WRITE && full.get()) {
                throw new IOException("no space is left");
            }
        });
        DiskCopy copy = new DiskCopy(disk, live, MemoryDisk.on(faulty, SIZE_BYTES));
        copy.run((done, total) -> {});
        full.set(true);
        ByteBuffer written = random(random, 4096);
        disk.write(MIB, written.duplicate());
        IOException failure = assertThrows(
                IOException.class,
                () -> finish(copy, () -> {
                    throw new AssertionError("the last step must not run");
                }));
        assertEquals("no space is left", failure.getMessage());
        copy.close();
        ByteBuffer read = ByteBuffer.allocate(4096);
        disk.read(MIB, read);
        assertEquals(written, read.flip());
        disk.write(MIB, random(random, 4096));
        DiskCopy second = new DiskCopy(disk, live, MemoryDisk.on(faulty, SIZE_BYTES));
        assertThrows(IOException.class, () -> second.run((done, total) -> {}));
        second.close();
    }

    @Test
    void aCancelEndsTheMirrorToo() throws Exception {
        disk.write(0, random(new Random(4), SIZE_BYTES));
        DiskCopy copy = new DiskCopy(disk, live, MemoryDisk.on(to, SIZE_BYTES));
        assertThrows(
                InterruptedIOException.class,
                () -> copy.run((done, total) -> {
                    if (done >= 2 * MIB) {
                        throw new InterruptedIOException("cancelled");
                    }
                }));
        assertThrows(IllegalStateException.class, () -> finish(copy, () -> {}));
        copy.close();
        byte[] before = to.bytes();
        disk.write(0, random(new Random(5), MIB));
        assertArrayEquals(before, to.bytes());
    }

    @Test
    void aStepThatFailsLeavesTheOldFileInService() throws Exception {
        disk.write(0, random(new Random(6), SIZE_BYTES));
        VirtualDisk before = live.current();
        DiskCopy copy = new DiskCopy(disk, live, MemoryDisk.on(to, SIZE_BYTES));
        copy.run((done, total) -> {});
        assertThrows(
                IOException.class,
                () -> finish(copy, () -> {
                    throw new IOException("the inventory cannot be written");
                }));
        copy.close();
        assertEquals(before, live.current());
        disk.write(0, random(new Random(7), 512));
        assertFalse(java.util.Arrays.equals(from.bytes(), to.bytes()));
    }

    @Test
    void aDiskOfAnotherSizeIsNoTarget() {
        assertThrows(IllegalArgumentException.class, () -> new DiskCopy(disk, live, MemoryDisk.ofSize(MIB)));
    }
}
