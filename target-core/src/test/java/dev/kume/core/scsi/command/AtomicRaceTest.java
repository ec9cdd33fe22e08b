package dev.kume.core.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.YieldingDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.io.LoopPort;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TaskAttribute;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.testing.FixedClock;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Four nexuses on two targets, each on a loop of its own, with real disk threads: nothing atomic is ever torn. */
final class AtomicRaceTest {
    private static final int NODES = 4;
    private static final int ROUNDS = 250;
    private static final int BLOCK_BYTES = 512;
    private static final int DISK_BYTES = 1 << 16;

    private final List<ExecutorService> loopThreads = new ArrayList<>();
    private final List<LoopPort> loops = new ArrayList<>();
    private final List<ITLNexus> nexuses = new ArrayList<>();
    private final DiskThreads diskThreads = new DiskThreads(8);
    private final ExecutorService nodes = Executors.newFixedThreadPool(NODES);
    private final VirtualDisk disk = new YieldingDisk(DISK_BYTES);
    private final LogicalUnit unit;
    private final LunMap luns;

    private interface Node {
        void run(int number) throws Exception;
    }

    private record Answer(int status, byte[] data, boolean miscompared) {}

    AtomicRaceTest() {
        for (int i = 0; i < NODES; i++) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            loopThreads.add(thread);
            loops.add(new LoopPort(i, thread, () -> true));
        }
        unit = new LogicalUnit(
                "vms",
                TestTarget.IDENTITY,
                UnitState.of(disk, BlockGeometry.emulated512(DISK_BYTES)),
                Commands.table(),
                new DiskLane(diskThreads, new FixedClock(Instant.EPOCH), 5),
                loops,
                UnitMemory.NONE,
                64,
                LogicalUnit.Watcher.NONE);
        luns = LunMap.of(Map.of(0, unit));
        for (int i = 0; i < NODES; i++) {
            ITLNexus nexus =
                    unit.attach(new ITNexus("iqn.1998-01.com.vmware:node" + i, i, "iqn.2026-11.dev.kume:t" + i % 2, 1));
            nexus.poll();
            nexuses.add(nexus);
        }
    }

    @AfterEach
    void stop() {
        nodes.close();
        loopThreads.forEach(ExecutorService::close);
        diskThreads.close();
    }

    private Answer run(int node, String cdb, byte[] dataOut) throws Exception {
        LoopPort loop = loops.get(node);
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> {
            ScriptedTask task = new ScriptedTask(loop, TestTarget.bytes(cdb), dataOut, 8192, false);
            task.prepare(unit, nexuses.get(node), luns, TaskAttribute.SIMPLE);
            task.whenEnded = () -> {
                Sense sense = task.sense();
                boolean miscompared = sense != null && sense.withInformation(-1).equals(Sense.MISCOMPARE_DURING_VERIFY);
                answer.complete(new Answer(task.status(), task.dataIn(), miscompared));
            };
            unit.begin(task);
        });
        return answer.get();
    }

    private void onAllNodes(Node node) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            int number = i;
            running.add(nodes.submit(() -> {
                node.run(number);
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    private byte[] read(int node, int block, int blocks) throws Exception {
        return run(node, "28 00 %08X 00 %04X 00".formatted(block, blocks), new byte[0])
                .data();
    }

    private static byte[] filledWith(long value, int bytes) {
        ByteBuffer data = ByteBuffer.allocate(bytes);
        while (data.hasRemaining()) {
            data.putLong(value);
        }
        return data.array();
    }

    private static long onlyValue(byte[] data) {
        ByteBuffer values = ByteBuffer.wrap(data);
        long first = values.getLong(0);
        for (int at = 0; at < data.length; at += Long.BYTES) {
            assertEquals(first, values.getLong(at), "torn at byte " + at);
        }
        return first;
    }

    @Test
    void noIncrementByCompareAndWriteIsLost() throws Exception {
        onAllNodes(node -> {
            for (int done = 0; done < ROUNDS; ) {
                long seen = onlyValue(read(node, 8, 2));
                byte[] data = ByteBuffer.allocate(4 * BLOCK_BYTES)
                        .put(filledWith(seen, 2 * BLOCK_BYTES))
                        .put(filledWith(seen + 1, 2 * BLOCK_BYTES))
                        .array();
                Answer answer = run(node, "89 00 00 00 00 00 00 00 00 08 00 00 00 02 00 00", data);
                assertTrue(answer.status() == ScsiStatus.GOOD || answer.miscompared(), "" + answer.status());
                done += answer.status() == ScsiStatus.GOOD ? 1 : 0;
            }
        });
        assertEquals(NODES * ROUNDS, onlyValue(read(0, 8, 2)));
    }

    @Test
    void oneOfTheNodesGetsTheLockAndItGivesItBack() throws Exception {
        long[] takenAt = new long[1];
        onAllNodes(node -> {
            for (int done = 0; done < ROUNDS / 4; ) {
                if (!swap(node, 0, node + 1)) {
                    continue;
                }
                // Plain memory, guarded by the lock on the disk alone.
                takenAt[0]++;
                assertTrue(swap(node, node + 1, 0), "nobody else touches a lock that is held");
                done++;
            }
        });
        assertEquals(NODES * (ROUNDS / 4), takenAt[0]);
    }

    private boolean swap(int node, long from, long to) throws Exception {
        byte[] data = ByteBuffer.allocate(2 * BLOCK_BYTES)
                .put(filledWith(from, BLOCK_BYTES))
                .put(filledWith(to, BLOCK_BYTES))
                .array();
        return run(node, "89 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00", data)
                        .status()
                == ScsiStatus.GOOD;
    }

    @Test
    void noBitThatOrWriteSetsIsLost() throws Exception {
        onAllNodes(node -> {
            for (int bit = node; bit < 8 * 2 * BLOCK_BYTES; bit += 31 * NODES) {
                byte[] data = new byte[2 * BLOCK_BYTES];
                data[bit / 8] = (byte) (1 << bit % 8);
                assertEquals(
                        ScsiStatus.GOOD,
                        run(node, "8B 00 00 00 00 00 00 00 00 04 00 00 00 02 00 00", data)
                                .status());
            }
        });
        byte[] all = read(0, 4, 2);
        for (int node = 0; node < NODES; node++) {
            for (int bit = node; bit < 8 * 2 * BLOCK_BYTES; bit += 31 * NODES) {
                assertTrue((all[bit / 8] & 1 << bit % 8) != 0, "bit " + bit);
            }
        }
    }

    @Test
    void anOverlappingPlainWriteIsWrittenBeforeOrAfterButNotAmongTheCompared() throws Exception {
        onAllNodes(node -> {
            for (int round = 1; round <= ROUNDS / 2; round++) {
                if (node == 0) {
                    run(node, "2A 00 00 00 00 10 00 00 01 00", filledWith(1L << 40 | round, BLOCK_BYTES));
                    continue;
                }
                // A plain read may see a plain write half done, on this disk; an exclusive step must not.
                byte[] seen = read(node, 16, 1);
                long first = ByteBuffer.wrap(seen).getLong(0);
                byte[] data = ByteBuffer.allocate(2 * BLOCK_BYTES)
                        .put(seen)
                        .put(filledWith(first + 1, BLOCK_BYTES))
                        .array();
                Answer answer = run(node, "89 00 00 00 00 00 00 00 00 10 00 00 00 01 00 00", data);
                boolean whole = Arrays.equals(filledWith(first, BLOCK_BYTES), seen);
                assertTrue(whole || answer.miscompared(), "what was torn is never found on the disk");
            }
        });
        onlyValue(read(0, 16, 1));
    }
}
