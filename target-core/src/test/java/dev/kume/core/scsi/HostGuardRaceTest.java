package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.LoopPort;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.command.Commands;
import dev.kume.core.testing.FixedClock;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two hosts arrive at one exclusive unit at once, on loops of their own, over real threads: at most one is let in, and
 * no write of the one before reaches the disk once the other has been.
 */
final class HostGuardRaceTest {
    private static final int ROUNDS = 10_000;
    private static final int WRITES = 3;
    private static final byte[] WRITE = TestTarget.bytes("2A 00 00 00 00 05 00 00 01 00");
    private static final int DISK_BYTES = 1 << 20;

    /** Refused, or invited by the other's leaving, which may come between two writes. */
    private static final Set<Sense> EXPECTED = Set.of(
            Sense.ACCESS_DENIED_NO_ACCESS_RIGHTS,
            Sense.REPORTED_LUNS_DATA_HAS_CHANGED,
            Sense.CAPACITY_DATA_HAS_CHANGED);

    /** Knows from the bytes whose write it is. */
    private static final class OwnedDisk implements VirtualDisk {
        /** Who may write: the host that the unit has let in last. */
        final AtomicInteger owner = new AtomicInteger();

        final AtomicReference<@Nullable String> wrong = new AtomicReference<>();
        final AtomicInteger writes = new AtomicInteger();

        @Override
        public DiskInfo info() {
            return new DiskInfo(DISK_BYTES, false, false);
        }

        @Override
        public int tryRead(long offsetBytes, ByteBuffer target) {
            return 0;
        }

        @Override
        public void read(long offsetBytes, ByteBuffer target) {
            target.position(target.limit());
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) {
            int host = source.get(source.position());
            check(host, "begins");
            source.position(source.limit());
            Thread.onSpinWait();
            check(host, "ends");
            writes.incrementAndGet();
        }

        private void check(int host, String what) {
            int now = owner.get();
            if (now != host) {
                wrong.compareAndSet(null, "a write of %d %s after %d was let in".formatted(host, what, now));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void unmap(long offsetBytes, long lengthBytes) {}

        @Override
        public void zero(long offsetBytes, long lengthBytes) {}

        @Override
        public void close() {}
    }

    /** A write that says to the disk that its host has been let in. */
    private final class OwnedWrite extends Task {
        private final int host;
        private final CompletableFuture<Boolean> letIn = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        OwnedWrite(LoopPort home, int host) {
            super(home);
            this.host = host;
            System.arraycopy(WRITE, 0, cdb(), 0, WRITE.length);
        }

        @Override
        protected void onDataWanted() {
            disk.owner.set(host);
            letIn.complete(true);
            byte[] data = new byte[512];
            data[0] = (byte) host;
            startConsume(offsetBytes(), ByteBuffer.wrap(data), true);
        }

        @Override
        protected void onComplete() {
            letIn.complete(false);
            if (sense() != null && !EXPECTED.contains(sense())) {
                // An exception would end the loop, and whoever waits for the rest of it would wait for ever.
                disk.wrong.compareAndSet(null, "a write of %d ended in %s".formatted(host, sense()));
            }
            ended.complete(null);
        }

        @Override
        protected void onDoomed() {
            letIn.complete(false);
            ended.complete(null);
        }

        @Override
        protected void onRead() {
            throw new AssertionError();
        }

        @Override
        protected void onReadDone() {
            throw new AssertionError();
        }

        @Override
        protected void onConsumed() {
            throw new AssertionError();
        }

        @Override
        protected void onBug(Throwable bug) {
            disk.wrong.compareAndSet(null, bug.toString());
            letIn.completeExceptionally(bug);
            ended.completeExceptionally(bug);
        }
    }

    private final ExecutorService diskThreads = Executors.newFixedThreadPool(2);
    private final List<ExecutorService> loopThreads =
            List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());
    private final List<LoopPort> loops =
            List.of(new LoopPort(0, loopThreads.get(0), () -> true), new LoopPort(1, loopThreads.get(1), () -> true));
    private final OwnedDisk disk = new OwnedDisk();
    private final LogicalUnit unit = new LogicalUnit(
            "vms",
            TestTarget.IDENTITY,
            UnitState.of(disk, BlockGeometry.emulated512(DISK_BYTES)),
            Commands.table(),
            new DiskLane(diskThreads, new FixedClock(Instant.EPOCH), 4),
            loops,
            new HeldMemory(),
            64,
            LogicalUnit.Watcher.NONE);

    @AfterEach
    void stop() {
        loopThreads.forEach(ExecutorService::shutdownNow);
        diskThreads.shutdownNow();
    }

    /** Writes of one session, and whether any was let in. */
    private record Visit(boolean letIn, List<OwnedWrite> writes) {}

    @Test
    void neverTwoAtOnce() throws Exception {
        unit.hosts().exclusive(true, () -> {});
        int visits = 0;
        int admitted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CompletableFuture<Visit> one = visit(0, 1, round);
            CompletableFuture<Visit> two = visit(1, 2, round);
            for (CompletableFuture<Visit> each : List.of(one, two)) {
                visits++;
                admitted += each.get().letIn() ? 1 : 0;
                for (OwnedWrite write : each.get().writes()) {
                    write.ended.get();
                }
            }
            assertEquals(null, disk.wrong.get(), "round " + round);
        }
        assertTrue(admitted > ROUNDS / 2, "of %d visits %d were let in".formatted(visits, admitted));
        assertTrue(disk.writes.get() > 0);
    }

    /**
     * A session of a host: it comes, writes and leaves while its writes are under way, as when the disk is unmapped
     * under it. All on the host's loop.
     */
    private CompletableFuture<Visit> visit(int loop, int host, int round) {
        CompletableFuture<Visit> done = new CompletableFuture<>();
        loops.get(loop).execute(() -> {
            try {
                done.complete(onLoop(loop, host, round));
            } catch (RuntimeException | Error bug) {
                done.completeExceptionally(bug);
            }
        });
        return done;
    }

    private Visit onLoop(int loop, int host, int round) {
        ITLNexus nexus = unit.attach(new ITNexus("iqn.2026-11.dev.kume:host" + host, round, "iqn.t:t", 1));
        while (nexus.poll() != null) {
            // What is told to whom has just come is of no interest here.
        }
        List<OwnedWrite> writes = new ArrayList<>();
        boolean letIn = false;
        for (int i = 0; i < WRITES; i++) {
            OwnedWrite write = new OwnedWrite(loops.get(loop), host);
            write.prepare(unit, nexus, LunMap.EMPTY, TaskAttribute.SIMPLE);
            writes.add(write);
            unit.begin(write);
            letIn |= write.letIn.getNow(false);
        }
        unit.detach(nexus);
        return new Visit(letIn, writes);
    }
}
