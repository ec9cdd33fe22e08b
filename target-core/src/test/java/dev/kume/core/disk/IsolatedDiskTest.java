package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.Allocations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exclusive steps of a disk are never seen half done, and hold up nobody whose range they do not touch. */
final class IsolatedDiskTest {
    private static final int RANGE_BYTES = 4096;
    private static final int STEPS = 300;

    @TempDir
    Path directory;

    private final IsolatedDisk disk = IsolatedDisk.of(new YieldingDisk(16 * RANGE_BYTES));
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    private static final Clock CLOCK = new RunningClock();

    /** Time that passes. */
    private static final class RunningClock implements Clock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private Thread start(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException | RuntimeException | Error e) {
                wrong.add(e.toString());
            }
        });
        thread.start();
        return thread;
    }

    private static ByteBuffer stamped(long stamp) {
        ByteBuffer data = ByteBuffer.allocate(RANGE_BYTES);
        while (data.hasRemaining()) {
            data.putLong(stamp);
        }
        return data.flip();
    }

    private void checkWhole(ByteBuffer data, String by) {
        long first = data.getLong(0);
        for (int at = 0; at < data.limit(); at += Long.BYTES) {
            if (data.getLong(at) != first) {
                wrong.add("%s saw %d at 0 and %d at %d".formatted(by, first, data.getLong(at), at));
                return;
            }
        }
    }

    @Test
    void aViewOfAViewIsTheSameView() {
        assertSame(disk, IsolatedDisk.of(disk));
    }

    @Test
    void nobodySeesAnExclusiveStepHalfDone() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(start(() -> {
                ByteBuffer data = ByteBuffer.allocate(RANGE_BYTES);
                while (!over.get()) {
                    if (disk.tryRead(0, data.clear()) > 0) {
                        checkWhole(data, "a loop");
                    }
                    Thread.yield();
                }
            }));
            readers.add(start(() -> {
                ByteBuffer data = ByteBuffer.allocate(RANGE_BYTES);
                while (!over.get()) {
                    disk.read(0, data.clear());
                    checkWhole(data, "a disk thread");
                }
            }));
        }
        List<Thread> counters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            counters.add(start(() -> {
                for (int step = 0; step < STEPS; step++) {
                    disk.alone(0, RANGE_BYTES, alone -> {
                        ByteBuffer data = ByteBuffer.allocate(RANGE_BYTES);
                        alone.read(0, data);
                        checkWhole(data, "an exclusive step");
                        alone.write(0, stamped(data.getLong(0) + 1));
                    });
                }
            }));
        }
        for (Thread thread : counters) {
            thread.join();
        }
        over.set(true);
        for (Thread thread : readers) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(wrong));
        ByteBuffer last = ByteBuffer.allocate(RANGE_BYTES);
        disk.read(0, last);
        assertEquals(3 * STEPS, last.getLong(0), "no increment is lost");
    }

    @Test
    void anExclusiveStepSeesNoPlainWriteHalfDone() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread loop = start(() -> {
            for (long stamp = 1; !over.get(); stamp++) {
                disk.tryWrite(0, stamped(stamp));
                Thread.yield();
            }
        });
        for (int step = 0; step < STEPS; step++) {
            disk.alone(0, RANGE_BYTES, alone -> {
                ByteBuffer data = ByteBuffer.allocate(RANGE_BYTES);
                alone.read(0, data);
                checkWhole(data, "an exclusive step");
            });
        }
        over.set(true);
        loop.join();
        assertEquals(List.of(), List.copyOf(wrong));
    }

    @Test
    void whileARangeIsClosedOthersStayOpenAndLoopsTurnAway() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread holder = start(() -> disk.alone(RANGE_BYTES, RANGE_BYTES, alone -> {
            inside.countDown();
            await(goOn);
        }));
        inside.await();
        ByteBuffer one = ByteBuffer.allocate(RANGE_BYTES);
        assertEquals(0, disk.tryRead(RANGE_BYTES, one.clear()));
        assertEquals(0, disk.tryRead(1, one.clear()), "the end overlaps");
        assertEquals(0, disk.tryRead(2 * RANGE_BYTES - 1, one.clear()), "the begin overlaps");
        assertFalse(disk.tryWrite(RANGE_BYTES, stamped(1)));
        assertEquals(RANGE_BYTES, disk.tryRead(0, one.clear()));
        assertEquals(RANGE_BYTES, disk.tryRead(2 * RANGE_BYTES, one.clear()));
        assertTrue(disk.tryWrite(0, stamped(1)));
        disk.write(2 * RANGE_BYTES, stamped(2));
        disk.unmap(3 * RANGE_BYTES, RANGE_BYTES);
        disk.alone(0, RANGE_BYTES, alone -> alone.write(0, stamped(3)));
        Thread writer = start(() -> disk.write(RANGE_BYTES, stamped(4)));
        while (writer.getState() != Thread.State.WAITING && writer.isAlive()) {
            Thread.onSpinWait();
        }
        assertTrue(writer.isAlive(), "it waits");
        goOn.countDown();
        writer.join();
        holder.join();
        assertEquals(RANGE_BYTES, disk.tryRead(RANGE_BYTES, one.clear()));
        assertEquals(4, one.getLong(0));
        assertEquals(List.of(), List.copyOf(wrong));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExclusiveStepWaitsForALoopThatIsInside() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        IsolatedDisk slow = IsolatedDisk.of(new YieldingDisk(RANGE_BYTES) {
            @Override
            public void write(long offsetBytes, ByteBuffer source) {
                inside.countDown();
                await(goOn);
            }
        });
        Thread loop = start(() -> slow.tryWrite(0, stamped(1)));
        inside.await();
        AtomicBoolean ran = new AtomicBoolean();
        Thread holder = start(() -> slow.alone(0, RANGE_BYTES, alone -> ran.set(true)));
        while (holder.getState() != Thread.State.TIMED_WAITING && holder.isAlive()) {
            Thread.onSpinWait();
        }
        assertFalse(ran.get());
        assertEquals(0, slow.tryRead(0, ByteBuffer.allocate(1)), "it is closed already");
        goOn.countDown();
        holder.join();
        loop.join();
        assertTrue(ran.get());
    }

    @Test
    void aStepThatFailsOpensItsRange() throws IOException {
        assertThrows(
                IOException.class,
                () -> disk.alone(0, RANGE_BYTES, alone -> {
                    throw new IOException("broken");
                }));
        assertTrue(disk.tryWrite(0, stamped(1)));
    }

    @Test
    void readingAndWritingAllocateNothing() throws IOException {
        ByteBuffer data = ByteBuffer.allocateDirect(64);
        int calls = 5_000;
        double leastBytes = Double.MAX_VALUE;
        for (int round = 0; round < 6; round++) {
            long before = Allocations.bytesOfThisThread();
            for (int call = 0; call < calls; call++) {
                disk.tryRead(0, data.clear());
                disk.tryWrite(0, data.flip());
                disk.read(0, data.clear());
                disk.write(0, data.flip());
            }
            leastBytes = Math.min(leastBytes, (Allocations.bytesOfThisThread() - before) / (double) calls);
        }
        assertTrue(leastBytes < 1, leastBytes + " bytes for each round");
    }

    /** Writes overlap on a real file: each sector of 4 KiB ends as one of them wrote it, whole. */
    @Test
    void eachSectorIsOfOneWrite() throws Exception {
        int sectors = 8;
        Path file = directory.resolve("disk.raw");
        BackingStore store = LocalFiles.ofThisHost().create(file);
        store.resize(sectors * 4096L);
        try (VirtualDisk flat = new FlatDisk(store, new DiskInfo(sectors * 4096L, false, true))) {
            IsolatedDisk shared = IsolatedDisk.of(flat);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int writer = i;
                writers.add(start(() -> {
                    for (int step = 0; step < 500; step++) {
                        long stamp = (long) writer << 32 | step;
                        ByteBuffer data = ByteBuffer.allocate(4 * 4096);
                        while (data.hasRemaining()) {
                            data.putLong(stamp);
                        }
                        long at = (step * 7L + writer) % (sectors - 3) * 4096;
                        if (writer == 0 || !shared.tryWrite(at, data.flip())) {
                            shared.write(at, data.rewind());
                        }
                    }
                }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            ByteBuffer all = ByteBuffer.allocate(sectors * 4096);
            shared.read(0, all);
            for (int sector = 0; sector < sectors; sector++) {
                checkWhole(all.slice(sector * 4096, 4096), "sector " + sector);
            }
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    /** A disk whose writes and flushes wait to be let go. */
    private static final class HangingDisk extends FilterDisk {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        private final VirtualDisk disk = MemoryDisk.ofSize(16 * RANGE_BYTES);

        @Override
        VirtualDisk behind() {
            return disk;
        }

        private void hang() {
            entered.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) throws IOException {
            hang();
            disk.write(offsetBytes, source);
        }

        @Override
        public void flush() throws IOException {
            hang();
            disk.flush();
        }
    }

    private interface Call {
        void on(IsolatedDisk disk) throws IOException;
    }

    @Test
    void nobodyIsInAnyOfSeveralDisksWhileAStepHasThemAll() throws Exception {
        IsolatedDisk other = IsolatedDisk.of(new YieldingDisk(16 * RANGE_BYTES));
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            boolean swapped = i == 1;
            writers.add(start(() -> {
                for (long stamp = 1; !over.get(); stamp++) {
                    disk.write(swapped ? RANGE_BYTES : 0, stamped(stamp));
                    other.write(swapped ? RANGE_BYTES : 0, stamped(stamp));
                    disk.flush();
                }
            }));
        }
        List<Thread> steps = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<IsolatedDisk> both = i == 0 ? List.of(disk, other) : List.of(other, disk, other);
            steps.add(start(() -> {
                for (int step = 0; step < STEPS; step++) {
                    IsolatedDisk late = IsolatedDisk.aloneAll(both, Duration.ofMinutes(1), CLOCK, () -> {
                        if (disk.tryRead(0, ByteBuffer.allocate(RANGE_BYTES)) != 0) {
                            wrong.add("a loop was let in");
                        }
                    });
                    if (late != null) {
                        wrong.add("a disk was not free for a minute");
                    }
                }
            }));
        }
        for (Thread thread : steps) {
            thread.join();
        }
        over.set(true);
        for (Thread thread : writers) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    @Test
    void aDiskThatHangsIsNamedAndAllGoOn() throws Exception {
        List<Call> calls = List.of(
                hanging -> hanging.write(0, stamped(1)),
                IsolatedDisk::flush,
                hanging -> assertTrue(hanging.tryWrite(0, stamped(1))));
        for (Call call : calls) {
            HangingDisk behind = new HangingDisk();
            IsolatedDisk hanging = IsolatedDisk.of(behind);
            Thread caller = start(() -> call.on(hanging));
            behind.entered.await();
            AtomicBoolean ran = new AtomicBoolean();
            List<IsolatedDisk> all = List.of(disk, hanging, IsolatedDisk.of(MemoryDisk.ofSize(RANGE_BYTES)));
            assertSame(hanging, IsolatedDisk.aloneAll(all, Duration.ofMillis(5), CLOCK, () -> ran.set(true)));
            assertFalse(ran.get());
            disk.write(0, stamped(7));
            assertFalse(hanging.tryAlone(Duration.ofMillis(5), CLOCK, of -> ran.set(true)));
            behind.go.countDown();
            caller.join();
            assertTrue(hanging.tryAlone(Duration.ofMinutes(1), CLOCK, of -> ran.set(true)));
            assertTrue(ran.get());
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    @Test
    void anInterruptDoesNotCutTheWaitShortAndIsRemembered() throws Exception {
        HangingDisk behind = new HangingDisk();
        IsolatedDisk hanging = IsolatedDisk.of(behind);
        Thread caller = start(hanging::flush);
        behind.entered.await();
        AtomicBoolean ran = new AtomicBoolean();
        AtomicBoolean remembered = new AtomicBoolean();
        Thread waiting = start(() -> {
            Thread.currentThread().interrupt();
            ran.set(hanging.tryAlone(Duration.ofMinutes(1), CLOCK, of -> {}));
            remembered.set(Thread.interrupted());
        });
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        behind.go.countDown();
        waiting.join();
        caller.join();
        assertTrue(ran.get());
        assertTrue(remembered.get());
    }
}
