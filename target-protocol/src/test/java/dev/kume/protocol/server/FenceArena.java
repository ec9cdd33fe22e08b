package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.TargetParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Two nodes at two targets on two loops, and the disk between them: node 1 floods it with rising stamps, access is
 * taken away from it, and when that has been answered no later stamp may appear.
 */
final class FenceArena implements AutoCloseable {
    /** Rounds of each kind; {@code -Dkume.fence.rounds=1000} runs so many. */
    static final int ROUNDS = Integer.getInteger("kume.fence.rounds", 25);

    private static final int LUN = 0;

    /** Takes access away, and returns when that has been answered. */
    @FunctionalInterface
    interface Cut {
        void take(StampFlood flood) throws Exception;
    }

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
    private final Set<Integer> forgotten = new HashSet<>();
    private long stamp;
    int rounds;

    /** How long the answers that took access away took, in nanoseconds; those to a frozen node apart. */
    final List<Long> answerNanos = new ArrayList<>();

    final List<Long> frozenAnswerNanos = new ArrayList<>();

    FenceArena(long seed) throws IOException {
        random = new SplittableRandom(seed);
        target.map(RawInitiator.TARGET, LUN, unit).allow(RawInitiator.TARGET, RawInitiator.NAME);
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
        forgotten.clear();
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
        publish(Set.of(RawInitiator.NAME), Map.of(LUN, unit));
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
        StampFlood flood = new StampFlood(node1, forgotten, random.split(), stamp);
        CompletableFuture<Void> node = CompletableFuture.runAsync(flood, threads);
        int writes = slow ? 1 + random.nextInt(20) : 20 + random.nextInt(100);
        Rig.eventually("the flood flows", () -> flood.good >= writes || node.isCompletedExceptionally());
        if (frozen) {
            flood.freeze();
            Rig.eventually("it is frozen", flood::isFrozen);
        }
        long begin = System.nanoTime();
        cut.take(flood);
        (frozen ? frozenAnswerNanos : answerNanos).add(System.nanoTime() - begin);
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
        rounds++;
        return flood;
    }

    /** All rounds have been run, and both ways of writing have been fenced. */
    void told(int expectedRounds) {
        assertEquals(expectedRounds, rounds);
        assertTrue(disk.writesOnLoops.get() > 0, "no write was done by a loop");
        assertTrue(disk.writesOnDiskThreads.get() > 0, "no write was done by a disk thread");
        if (ROUNDS >= 100) {
            System.out.printf(
                    "%d rounds; answers in ms (median, last of a hundred, longest): %s, to a frozen node %s%n",
                    rounds, inMillis(answerNanos), inMillis(frozenAnswerNanos));
        }
    }

    private static List<Double> inMillis(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.isEmpty()
                ? List.of()
                : Stream.of(sorted.size() / 2, sorted.size() * 99 / 100, sorted.size() - 1)
                        .map(i -> sorted.get(i) / 1e6)
                        .toList();
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
