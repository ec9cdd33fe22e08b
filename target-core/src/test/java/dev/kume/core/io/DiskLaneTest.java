package dev.kume.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import dev.kume.core.Trials;
import dev.kume.core.testing.FixedClock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs on their way to the disk threads and back: with real threads, and step by step. */
final class DiskLaneTest {
    private static final int CAP = 4;

    /** A job that counts. */
    private static final class CountingJob extends IoJob {
        private final LoopPort home;
        private final Runnable work;
        private final Runnable back;
        private final boolean waits;
        final AtomicInteger performed = new AtomicInteger();
        final AtomicInteger delivered = new AtomicInteger();

        CountingJob(LoopPort home, Runnable work, Runnable back) {
            this(home, false, work, back);
        }

        CountingJob(LoopPort home, boolean waits, Runnable work, Runnable back) {
            this.home = home;
            this.waits = waits;
            this.work = work;
            this.back = back;
        }

        @Override
        protected LoopPort home() {
            return home;
        }

        @Override
        protected void perform() {
            performed.incrementAndGet();
            work.run();
        }

        @Override
        protected void performed() {
            assertTrue(home.inLoop());
            delivered.incrementAndGet();
            back.run();
        }

        @Override
        protected boolean waits() {
            return waits;
        }
    }

    /** Real loops: one thread each. */
    private record Loop(ExecutorService thread, LoopPort port) {
        static Loop numbered(int index) {
            ConcurrentHashMap<Thread, Boolean> owner = new ConcurrentHashMap<>();
            ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
                Thread made = new Thread(task, "test-loop-" + index);
                owner.put(made, true);
                return made;
            });
            return new Loop(thread, new LoopPort(index, thread, () -> owner.containsKey(Thread.currentThread())));
        }
    }

    private static final class RealClock implements Clock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    }

    @Test
    @Timeout(30)
    void everyJobIsPerformedOnceAndComesHomeOnceAndTheCapHolds() {
        Trials.forSeed(1, 6, DiskLaneTest::storm);
    }

    private static void storm(RandomGenerator random) throws InterruptedException {
        int jobCount = 4_000;
        List<Loop> loops = List.of(Loop.numbered(0), Loop.numbered(1), Loop.numbered(2));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger mostInside = new AtomicInteger();
        CountDownLatch home = new CountDownLatch(jobCount);
        List<CountingJob> jobs = new ArrayList<>();
        try (DiskThreads threads = new DiskThreads(16)) {
            DiskLane lane = new DiskLane(threads, new RealClock(), CAP);
            for (int i = 0; i < jobCount; i++) {
                int kind = random.nextInt(100);
                Runnable work = () -> {
                    mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    if (kind == 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    inside.decrementAndGet();
                };
                jobs.add(new CountingJob(
                        loops.get(i % loops.size()).port(), random.nextInt(3) > 0, work, home::countDown));
            }
            for (CountingJob job : jobs) {
                job.home.execute(() -> lane.submit(job));
                if (random.nextInt(50) == 0) {
                    LockSupport.parkNanos(random.nextInt(300_000));
                }
            }
            assertTrue(home.await(20, TimeUnit.SECONDS), "jobs that did not come home: " + home.getCount());
        } finally {
            loops.forEach(loop -> loop.thread().shutdown());
        }
        for (CountingJob job : jobs) {
            assertEquals(1, job.performed.get());
            assertEquals(1, job.delivered.get());
        }
        assertTrue(mostInside.get() <= CAP, "at once: " + mostInside.get());
    }

    @Test
    @Timeout(30)
    void writesTakeTurnsOnOneThreadAndNothingThatWaitsStandsBehindThem() throws InterruptedException {
        Loop loop = Loop.numbered(0);
        CountDownLatch device = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(20);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger mostInside = new AtomicInteger();
        try (DiskThreads threads = new DiskThreads(8)) {
            DiskLane lane = new DiskLane(threads, new RealClock(), CAP, bytes -> true, 4_096);
            for (int i = 0; i < 128; i++) {
                lane.inlineWrites().writtenByThread(1);
            }
            assertTrue(lane.allowsInlineWrite(512));
            for (int i = 0; i < 20; i++) {
                Runnable write = () -> {
                    mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    try {
                        device.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    inside.decrementAndGet();
                };
                loop.port().execute(() -> lane.submit(new CountingJob(loop.port(), write, written::countDown)));
            }
            loop.port().execute(() -> lane.submit(new CountingJob(loop.port(), true, () -> {}, read::countDown)));
            assertTrue(read.await(10, TimeUnit.SECONDS), "a read stands behind a write that hangs");
            long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (lane.allowsInlineWrite(512) && System.nanoTime() < untilNanos) {
                LockSupport.parkNanos(100_000);
            }
            assertFalse(lane.allowsInlineWrite(512), "a loop would hang behind the write that hangs");
            device.countDown();
            assertTrue(written.await(10, TimeUnit.SECONDS), "writes that did not come home: " + written.getCount());
            assertEquals(1, mostInside.get(), "writes at once");
        } finally {
            loop.thread().shutdown();
        }
    }

    @Test
    @Timeout(30)
    void noJobIsLeftBehindWhenALaneFallsAsleepAndWakes() throws InterruptedException {
        int rounds = 20_000;
        Loop loop = Loop.numbered(0);
        try (DiskThreads threads = new DiskThreads(4)) {
            DiskLane lane = new DiskLane(threads, new RealClock(), 2);
            CountDownLatch done = new CountDownLatch(2);
            for (int chain = 0; chain < 2; chain++) {
                new Object() {
                    int left = rounds;

                    void next() {
                        if (--left == 0) {
                            done.countDown();
                        } else {
                            lane.submit(new CountingJob(loop.port(), () -> {}, this::next));
                        }
                    }
                }.next();
            }
            assertTrue(done.await(20, TimeUnit.SECONDS), "a chain of jobs stopped");
        } finally {
            loop.thread().shutdown();
        }
    }

    @Test
    @Timeout(30)
    void theLongestJobAtHandIsKnownWhileNothingComesToItsEnd() throws InterruptedException {
        AtomicLong nowNanos = new AtomicLong(1_000);
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return nowNanos.get();
            }

            @Override
            public Instant now() {
                return Instant.EPOCH;
            }
        };
        Loop loop = Loop.numbered(0);
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch device = new CountDownLatch(1);
        CountDownLatch quick = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(2);
        Runnable hang = () -> {
            inside.countDown();
            try {
                device.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        try (DiskThreads threads = new DiskThreads(8)) {
            DiskLane lane = new DiskLane(threads, clock, CAP);
            assertEquals(0, lane.longestNanos());
            loop.port().execute(() -> {
                lane.submit(new CountingJob(loop.port(), true, hang, all::countDown));
                lane.submit(new CountingJob(loop.port(), hang, all::countDown));
            });
            assertTrue(inside.await(10, TimeUnit.SECONDS));
            nowNanos.addAndGet(500);
            loop.port().execute(() -> lane.submit(new CountingJob(loop.port(), true, () -> {}, quick::countDown)));
            assertTrue(quick.await(10, TimeUnit.SECONDS), "another job comes and goes");
            nowNanos.addAndGet(500);
            assertEquals(1_000, lane.longestNanos());
            device.countDown();
            assertTrue(all.await(10, TimeUnit.SECONDS));
            assertEquals(0, lane.longestNanos());
        } finally {
            loop.thread().shutdown();
        }
    }

    @Test
    void aJobThatThrowsComesHomeAndTheLaneGoesOn() {
        ArrayDeque<Runnable> threads = new ArrayDeque<>();
        ArrayDeque<Runnable> loop = new ArrayDeque<>();
        DiskLane lane = new DiskLane(threads::add, new FixedClock(Instant.EPOCH), 1);
        LoopPort port = new LoopPort(0, loop::add, () -> true);
        CountingJob broken = new CountingJob(
                port,
                () -> {
                    throw new IllegalStateException("bug");
                },
                () -> {});
        CountingJob behind = new CountingJob(port, () -> {}, () -> {});
        lane.submit(broken);
        lane.submit(behind);
        assertThrows(IllegalStateException.class, () -> threads.remove().run());
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
        loop.remove().run();
        assertEquals(1, broken.delivered.get());
        assertEquals(1, behind.performed.get());
        assertEquals(1, behind.delivered.get());
        CountingJob later = new CountingJob(port, () -> {}, () -> {});
        lane.submit(later);
        threads.remove().run();
        assertEquals(1, later.performed.get());
    }

    @Test
    void aLoopThatIsGoneDoesNotTakeTheLaneWithIt() {
        ArrayDeque<Runnable> threads = new ArrayDeque<>();
        ArrayDeque<Runnable> loop = new ArrayDeque<>();
        DiskLane lane = new DiskLane(threads::add, new FixedClock(Instant.EPOCH), 1);
        LoopPort gone = new LoopPort(
                0,
                task -> {
                    throw new RejectedExecutionException("shut down");
                },
                () -> true);
        lane.submit(new CountingJob(gone, () -> {}, () -> {}));
        assertThrows(RejectedExecutionException.class, () -> threads.remove().run());
        CountingJob later = new CountingJob(new LoopPort(1, loop::add, () -> true), () -> {}, () -> {});
        lane.submit(later);
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
        loop.remove().run();
        assertEquals(1, later.delivered.get());
    }

    @Test
    void aThrowingEndKeepsNoOtherJobFromComingHome() {
        ArrayDeque<Runnable> threads = new ArrayDeque<>();
        ArrayDeque<Runnable> loop = new ArrayDeque<>();
        DiskLane lane = new DiskLane(threads::add, new FixedClock(Instant.EPOCH), 1);
        LoopPort port = new LoopPort(0, loop::add, () -> true);
        List<String> order = new ArrayList<>();
        port.afterDrain(() -> order.add("flush"));
        lane.submit(new CountingJob(port, () -> {}, () -> order.add("first")));
        lane.submit(new CountingJob(port, () -> {}, () -> {
            throw new IllegalStateException("bug");
        }));
        lane.submit(new CountingJob(port, () -> {}, () -> order.add("third")));
        threads.remove().run();
        assertThrows(IllegalStateException.class, () -> loop.remove().run());
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
        assertEquals(List.of("first", "flush", "third", "flush"), order);
    }

    @Test
    void jobsStartInTheOrderOfTheirSubmission() {
        ArrayDeque<Runnable> threads = new ArrayDeque<>();
        ArrayDeque<Runnable> loop = new ArrayDeque<>();
        DiskLane lane = new DiskLane(threads::add, new FixedClock(Instant.EPOCH), 1);
        LoopPort port = new LoopPort(0, loop::add, () -> true);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            lane.submit(new CountingJob(port, () -> order.add(number), () -> order.add(1000 + number)));
        }
        threads.remove().run();
        assertEquals(1, loop.size(), "one turn brings all of them home");
        loop.remove().run();
        for (int i = 0; i < 100; i++) {
            assertEquals(i, order.get(i));
            assertEquals(1000 + i, order.get(100 + i));
        }
    }
}
