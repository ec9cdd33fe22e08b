package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.TargetParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The fence is exact: one node floods the disk with rising stamps through its target and its loop, access is taken away
 * from it through another one, and when that has been answered no later stamp appears on the disk.
 *
 * <p>{@code -Dkume.fence.rounds=1000} runs so many rounds of each kind.
 */
final class FenceFloodTest {
    private static final int ROUNDS = Integer.getInteger("kume.fence.rounds", 25);
    private static final int LOST = 0;

    /** Two nodes at two targets on two loops, and the disk between them. */
    private static final class Arena implements AutoCloseable {
        final StampDisk disk = new StampDisk(StampFlood.DEPTH * StampFlood.SLOT_BYTES);
        final LoopbackTarget target = new LoopbackTarget(
                Limits.DEFAULTS,
                TargetParameters.of(Limits.DEFAULTS).withInitialR2T(true).withImmediateData(true),
                Transport.AUTO);
        final LogicalUnit unit = target.unit("disk", disk);
        final ExecutorService threads = Executors.newCachedThreadPool();
        final SplittableRandom random;
        RawInitiator node1;
        final RawInitiator node2;
        long stamp;
        int rounds;
        int goodWrites;

        Arena(long seed) throws IOException {
            random = new SplittableRandom(seed);
            target.map(RawInitiator.TARGET, LOST, unit).allow(RawInitiator.TARGET, RawInitiator.NAME);
            target.map(Rig.OTHER_TARGET, 0, unit).allow(Rig.OTHER_TARGET, Rig.OTHER_NAME);
            target.open(0);
            node1 = login(RawInitiator.NAME, RawInitiator.TARGET);
            node2 = login(Rig.OTHER_NAME, Rig.OTHER_TARGET);
            assertEquals(List.of(1, 1), target.server().connectionsOfEachLoop(), "each on its own loop");
        }

        private RawInitiator login(String initiator, String at) {
            RawInitiator node = RawInitiator.connect(target.port())
                    .loggedIn(
                            initiator,
                            at,
                            "InitialR2T=Yes",
                            "ImmediateData=Yes",
                            "MaxRecvDataSegmentLength=262144",
                            "MaxBurstLength=65536",
                            "FirstBurstLength=65536");
            node.clearAttentions();
            return node;
        }

        /** Logs in again until the session of node 1 is on the other loop than that of node 2. */
        void node1Again() {
            node1.close();
            Rig.eventually("it has left", () -> target.server().connectionCount() == 1);
            node1 = login(RawInitiator.NAME, RawInitiator.TARGET);
            if (!target.server().connectionsOfEachLoop().equals(List.of(1, 1))) {
                node1Again();
            }
        }

        private static TargetSpec spec(String name, Set<String> initiators, Map<Integer, LogicalUnit> luns) {
            return new TargetSpec(name, new Target.Definition("", true, initiators, LunMap.of(luns)));
        }

        /** Makes node 1's target be so, and waits until that is real. */
        void publish(Set<String> initiators, Map<Integer, LogicalUnit> luns) {
            target.server()
                    .publish(List.of(
                            spec(RawInitiator.TARGET, initiators, luns),
                            spec(Rig.OTHER_TARGET, Set.of(Rig.OTHER_NAME), Map.of(0, unit))))
                    .join();
        }

        void publishAll() {
            publish(Set.of(RawInitiator.NAME), Map.of(LOST, unit));
        }

        /** Node 2 reads the stamp of each slot. */
        List<Long> stamps() {
            List<Long> stamps = new ArrayList<>();
            for (int slot = 0; slot < StampFlood.DEPTH; slot++) {
                RawInitiator.Answer read = node2.run(node2.read(slot * StampFlood.SLOT_BYTES / 512, 1));
                assertEquals(0, read.status());
                stamps.add(ByteBuffer.wrap(read.data()).getLong());
            }
            return stamps;
        }

        /** One round: the flood begins, access is taken away in the middle of it, and then nothing may change. */
        StampFlood round(Cut cut, boolean frozen) throws Exception {
            boolean slow = random.nextInt(3) == 0;
            disk.slowNanosMax = slow ? random.nextInt(4_000_000) : 0;
            StampFlood flood = new StampFlood(node1, random.split(), stamp);
            CompletableFuture<Void> node = CompletableFuture.runAsync(flood, threads);
            int writes = slow ? 1 + random.nextInt(20) : 20 + random.nextInt(100);
            Rig.eventually("the flood flows", () -> flood.good >= writes || node.isCompletedExceptionally());
            if (frozen) {
                flood.freeze();
                Rig.eventually("it is frozen", flood::isFrozen);
            }
            cut.take(flood);
            disk.fenceIsUp();
            List<Long> first = stamps();
            byte[] there = disk.copy();
            flood.end();
            node.get(20, TimeUnit.SECONDS);
            assertEquals(List.of(), disk.late(), "written through the fence");
            assertEquals(first, stamps());
            assertArrayEquals(there, disk.copy());
            disk.fenceIsDown();
            stamp = flood.stamp();
            goodWrites += flood.good;
            rounds++;
            return flood;
        }

        @Override
        public void close() throws IOException {
            node1.close();
            node2.close();
            try {
                Rig.eventually("connections are gone", () -> target.server().connectionCount() == 0);
                assertEquals(0, target.server().dataBytes(), "data buffers that nobody gave back");
                assertEquals(0, target.server().lentChunks(), "output chunks that nobody gave back");
            } finally {
                threads.shutdownNow();
                target.close();
            }
        }
    }

    /** Takes access away, and returns when that has been answered. */
    @FunctionalInterface
    private interface Cut {
        void take(StampFlood flood) throws Exception;
    }

    @Test
    void afterAnUnmapNoStampAppears() throws Exception {
        try (Arena arena = new Arena(1)) {
            for (int round = 0; round < ROUNDS; round++) {
                StampFlood flood =
                        arena.round(any -> arena.publish(Set.of(RawInitiator.NAME), Map.of()), round % 8 == 7);
                assertFalse(flood.cut);
                assertTrue(flood.refusals.contains("02 052500"), () -> "answers: " + flood.refusals);
                arena.publishAll();
                arena.node1.clearAttentions();
            }
            told(arena);
        }
    }

    @Test
    void afterADenialNoStampAppears() throws Exception {
        try (Arena arena = new Arena(2)) {
            for (int round = 0; round < ROUNDS; round++) {
                StampFlood flood =
                        arena.round(any -> arena.publish(Set.of(), Map.of(LOST, arena.unit)), round % 8 == 7);
                assertTrue(flood.cut, "the session goes on");
                arena.publishAll();
                arena.node1Again();
            }
            told(arena);
        }
    }

    /** Both ways of writing have been fenced. */
    private static void told(Arena arena) {
        assertEquals(ROUNDS, arena.rounds);
        assertTrue(arena.disk.writesOnLoops.get() > 0, "no write was done by a loop");
        assertTrue(arena.disk.writesOnDiskThreads.get() > 0, "no write was done by a disk thread");
    }
}
