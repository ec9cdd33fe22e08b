package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.command.Commands;
import dev.kume.core.testing.FixedClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * A whole unit under a seed, in one thread: three loops, four nexuses, a disk that is slow (everything else goes on
 * in the middle of its operations) and fails, random commands of all task attributes, dooms, fences, quiesces, resets
 * and mode changes.
 *
 * <p>Each write owns its blocks, so that what may be on the disk is known: a write that ended GOOD is there, a write
 * that ended may not reach the disk any more, and FUA was durable when it answered.
 */
final class SimulationTest {
    private static final int LOOPS = 3;
    private static final int NEXUSES = 4;
    private static final int STEPS = 600;

    /** Steps in the middle of disk operations breed further ones; so many are enough. */
    private static final int STEPS_INSIDE_MAX = 1_400;

    private static final int BLOCKS_PER_WRITE = 20;
    private static final int PIECE_BYTES = 4096;
    private static final int DEPTH_MAX = 4;

    @Test
    void everyTaskEndsOnceAndTheDiskIsWhatItMustBe() {
        int[] seen = new int[2];
        Trials.forSeed(1, 100, random -> {
            Simulation simulation = new Simulation(random);
            simulation.run();
            seen[0] += simulation.writesGood;
            seen[1] += simulation.tasksDoomed;
        });
        assertTrue(seen[0] > 0 && seen[1] > 0, () -> "good writes and dooms: " + seen[0] + ", " + seen[1]);
    }

    /** One write and what is known of it. */
    private static final class Write {
        final ScriptedTask task;
        final ITLNexus nexus;
        final int firstBlock;
        final byte[] data;
        final boolean forceUnitAccess;

        Write(ScriptedTask task, ITLNexus nexus, int firstBlock, byte[] data, boolean forceUnitAccess) {
            this.task = task;
            this.nexus = nexus;
            this.firstBlock = firstBlock;
            this.data = data;
            this.forceUnitAccess = forceUnitAccess;
        }

        boolean good() {
            return task.completions == 1 && task.status() == ScsiStatus.GOOD;
        }
    }

    private static final class Simulation {
        final RandomGenerator random;
        final FixedClock clock = new FixedClock(Instant.EPOCH);
        final List<ManualLoop> loops = new ArrayList<>();
        final ManualThreads diskThreads = new ManualThreads();
        final SlowDisk disk = new SlowDisk();
        final LogicalUnit unit;
        final List<ITLNexus> nexuses = new ArrayList<>();
        final List<ScriptedTask> tasks = new ArrayList<>();
        final List<ScriptedTask> alive = new ArrayList<>();
        final Map<ScriptedTask, ITLNexus> owners = new HashMap<>();
        final List<Write> writes = new ArrayList<>();
        final Map<Integer, Write> byFirstBlock = new HashMap<>();
        final Set<ScriptedTask> refused = new HashSet<>();
        int writesGood;
        int tasksDoomed;
        int changesAsked;
        int changesDone;

        Simulation(RandomGenerator random) {
            this.random = random;
            for (int i = 0; i < LOOPS; i++) {
                loops.add(new ManualLoop(i));
            }
            long sizeBytes = (long) (STEPS + STEPS_INSIDE_MAX) * BLOCKS_PER_WRITE * 512;
            unit = new LogicalUnit(
                    "simulated",
                    TestTarget.IDENTITY,
                    UnitState.of(disk, BlockGeometry.emulated512(sizeBytes)),
                    Commands.table(),
                    new DiskLane(diskThreads, clock, DEPTH_MAX),
                    loops.stream().map(ManualLoop::port).toList(),
                    UnitMemory.NONE,
                    NEXUSES,
                    LogicalUnit.Watcher.NONE);
            for (int i = 0; i < NEXUSES; i++) {
                nexuses.add(unit.attach(new ITNexus("iqn.2026-11.test:node" + i, i, "iqn.2026-11.dev.kume:t" + i, 1)));
            }
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            settle();
            assertEquals(changesAsked, changesDone, "changes that never came to their turn");
            for (ScriptedTask task : tasks) {
                assertEquals(1, task.completions + task.dooms, () -> "ended not once: " + task);
            }
            nexuses.forEach(this::mustBeCounted);
            writes.stream().filter(Write::good).forEach(this::mustBeThere);
            writesGood += (int) writes.stream().filter(Write::good).count();
            tasksDoomed += (int) tasks.stream().filter(task -> task.dooms > 0).count();
            boolean[] acted = new boolean[1];
            unit.quiesce(Coverage.ALL, null, affected -> {
                acted[0] = true;
                assertEquals(Set.of(), new HashSet<>(affected), "tasks left in a task set");
            });
            settle();
            assertTrue(acted[0]);
        }

        /** Every end is counted once, whichever it was: nothing is outstanding any more. */
        private void mustBeCounted(ITLNexus nexus) {
            LoadFigures load = nexus.load().figures();
            List<ScriptedTask> own =
                    tasks.stream().filter(task -> owners.get(task) == nexus).toList();
            assertEquals(0, load.outstanding(), () -> "outstanding though all have ended: " + nexus.nexus());
            assertEquals(own.stream().filter(task -> task.dooms > 0).count(), load.aborted());
            assertEquals(
                    own.stream()
                            .filter(task -> task.completions > 0 && task.status() != ScsiStatus.GOOD)
                            .count(),
                    load.failures().values().stream().mapToLong(Long::longValue).sum());
        }

        /** Lets everything end: data that was held is sent, loops and disk threads run dry. */
        private void settle() {
            boolean ran = true;
            while (ran) {
                ran = diskThreads.runOne();
                for (ManualLoop loop : loops) {
                    ran |= loop.runOne();
                }
                for (ScriptedTask task : living()) {
                    if (task.wantsData()) {
                        task.sendData();
                        ran = true;
                    }
                }
            }
        }

        private void step() {
            clock.advance(Duration.ofNanos(random.nextInt(300_000)));
            long outstanding = nexuses.stream()
                    .mapToLong(nexus -> nexus.load().figures().outstanding())
                    .sum();
            assertEquals(living().size(), outstanding, "commands that have come and not ended");
            int kind = random.nextInt(100);
            if (kind < 40) {
                loops.get(random.nextInt(LOOPS)).runOne();
            } else if (kind < 55) {
                diskThreads.runOne();
            } else {
                act(kind);
            }
        }

        /** What a loop may do of itself; runs in the middle of disk operations too. */
        private void act(int kind) {
            if (kind < 68) {
                write();
            } else if (kind < 74) {
                read();
            } else if (kind < 77) {
                start(prepare("35 00 00 00 00 00 00 00 00 00", new byte[0]));
            } else if (kind < 79) {
                select();
            } else if (kind < 94) {
                anyTask().ifSending();
            } else if (kind < 95) {
                anyTask().doomed();
            } else if (kind < 97) {
                fence();
            } else if (kind < 99) {
                change();
            } else if (random.nextBoolean()) {
                quiesce();
            } else {
                reset();
            }
        }

        private ScriptedTask prepare(String cdb, byte[] dataOut) {
            ITLNexus from = nexuses.get(random.nextInt(NEXUSES));
            ManualLoop loop = loops.get(random.nextInt(LOOPS));
            ScriptedTask task =
                    new ScriptedTask(loop.port(), TestTarget.bytes(cdb), dataOut, PIECE_BYTES, random.nextBoolean());
            task.prepare(unit, from, LunMap.EMPTY, attribute());
            tasks.add(task);
            alive.add(task);
            owners.put(task, from);
            return task;
        }

        private int attribute() {
            int kind = random.nextInt(24);
            return kind == 0 ? TaskAttribute.ORDERED : kind < 3 ? TaskAttribute.HEAD_OF_QUEUE : TaskAttribute.SIMPLE;
        }

        private void start(ScriptedTask task) {
            unit.begin(task);
        }

        private void write() {
            int firstBlock = writes.size() * BLOCKS_PER_WRITE;
            boolean forceUnitAccess = random.nextInt(4) == 0;
            byte[] data = TestTarget.pattern(BLOCKS_PER_WRITE * 512, 1 + random.nextInt(200));
            ScriptedTask task = prepare(
                    "2A %s %08X 00 %04X 00".formatted(forceUnitAccess ? "08" : "00", firstBlock, BLOCKS_PER_WRITE),
                    data);
            Write write = new Write(task, owners.get(task), firstBlock, data, forceUnitAccess);
            writes.add(write);
            byFirstBlock.put(firstBlock, write);
            task.whenEnded = () -> {
                if (write.good()) {
                    mustBeThere(write);
                    if (write.forceUnitAccess) {
                        assertTrue(disk.isDurable(write), "FUA answered before it was durable");
                    }
                }
            };
            start(task);
        }

        private void mustBeThere(Write write) {
            for (int block = 0; block < BLOCKS_PER_WRITE; block++) {
                byte[] there = disk.blocks.get((long) write.firstBlock + block);
                assertNotNull(there, "a block of a write that was GOOD is not on the disk");
                assertEquals(
                        ByteBuffer.wrap(write.data, block * 512, 512),
                        ByteBuffer.wrap(there),
                        "a block is not what was written");
            }
        }

        private void read() {
            if (writes.isEmpty()) {
                return;
            }
            Write of = writes.get(random.nextInt(writes.size()));
            boolean wasGood = of.good();
            ScriptedTask task =
                    prepare("28 00 %08X 00 %04X 00".formatted(of.firstBlock, BLOCKS_PER_WRITE), new byte[0]);
            task.whenEnded = () -> {
                if (wasGood && task.completions == 1 && task.status() == ScsiStatus.GOOD) {
                    assertEquals(ByteBuffer.wrap(of.data), ByteBuffer.wrap(task.dataIn()), "stale data was read");
                }
            };
            start(task);
        }

        private void select() {
            boolean writeCache = random.nextBoolean();
            String page = "0812" + (writeCache ? "04" : "00") + "00".repeat(17);
            List<Write> goodBefore = writes.stream().filter(Write::good).toList();
            ScriptedTask task = prepare("15 10 00 00 18 00", TestTarget.bytes("00000000" + page));
            task.whenEnded = () -> {
                if (!writeCache && task.completions == 1 && task.status() == ScsiStatus.GOOD) {
                    assertTrue(goodBefore.stream().allMatch(disk::isDurable), "the cache is off and not flushed");
                }
            };
            start(task);
        }

        private void fence() {
            ITLNexus victim = nexuses.get(random.nextInt(NEXUSES));
            List<ScriptedTask> before = living();
            ScriptedTask requester = before.isEmpty() ? null : before.get(random.nextInt(before.size()));
            changesAsked++;
            unit.fence(Coverage.silent(task -> task.nexus() == victim), requester, affected -> {
                changesDone++;
                for (ScriptedTask task : before) {
                    assertTrue(
                            task.ended() || owners.get(task) != victim || task == requester,
                            () -> "a fenced task goes on: " + task);
                }
            });
        }

        /** A change that takes access from a nexus. */
        private void change() {
            ITLNexus victim = nexuses.get(random.nextInt(NEXUSES));
            List<ScriptedTask> before = living();
            changesAsked++;
            UnitChange change = new UnitChange() {
                @Override
                public UnitState apply(UnitState now) {
                    return now.withReservedBy(now.reservedBy() == null ? victim.nexus() : null);
                }

                @Override
                public Coverage fenced(UnitState from, UnitState to) {
                    return task -> task.nexus() == victim ? Ending.CONFLICT : null;
                }

                @Override
                public void ended(Task task) {
                    throw new AssertionError("no task asked for it");
                }
            };
            unit.change(change, () -> {
                changesDone++;
                before.stream().filter(task -> owners.get(task) == victim).forEach(refused::add);
            });
        }

        private void quiesce() {
            List<ScriptedTask> before = living();
            changesAsked++;
            unit.quiesce(Coverage.ALL, null, affected -> quiet(before));
        }

        private void reset() {
            List<ScriptedTask> before = living();
            changesAsked++;
            unit.reset(() -> quiet(before));
        }

        private void quiet(List<ScriptedTask> before) {
            changesDone++;
            assertEquals(0, disk.inside, "the disk is at work while the unit is quiet");
            for (ScriptedTask task : before) {
                assertTrue(task.ended(), () -> "a task lives on through a quiesce: " + task);
            }
            for (ScriptedTask task : living()) {
                assertEquals(Task.State.GATED, task.state(), () -> "a task did not wait at the gate: " + task);
            }
        }

        private List<ScriptedTask> living() {
            alive.removeIf(ScriptedTask::ended);
            return List.copyOf(alive);
        }

        private Chosen anyTask() {
            List<ScriptedTask> living = living();
            return new Chosen(living.isEmpty() ? null : living.get(random.nextInt(living.size())));
        }

        /** A task that chance has picked, or none. */
        private record Chosen(ScriptedTask task) {
            void ifSending() {
                if (task != null && task.wantsData()) {
                    task.sendData();
                }
            }

            void doomed() {
                if (task != null) {
                    task.doom();
                }
            }
        }

        /** A disk in the middle of whose operations the rest of the world goes on. */
        private final class SlowDisk implements VirtualDisk {
            final Map<Long, byte[]> blocks = new HashMap<>();
            final Set<Long> durable = new HashSet<>();
            int inside;
            int stepsInside;

            boolean isDurable(Write write) {
                for (int block = 0; block < BLOCKS_PER_WRITE; block++) {
                    if (!durable.contains((long) write.firstBlock + block)) {
                        return false;
                    }
                }
                return true;
            }

            private void waitForTheDevice() throws IOException {
                inside++;
                if (inside <= DEPTH_MAX) {
                    for (int i = random.nextInt(6); i > 0 && stepsInside < STEPS_INSIDE_MAX; i--) {
                        stepsInside++;
                        step();
                    }
                }
                inside--;
                if (random.nextInt(60) == 0) {
                    throw new IOException("simulated failure");
                }
            }

            @Override
            public DiskInfo info() {
                return new DiskInfo(Long.MAX_VALUE, false, false);
            }

            @Override
            public int tryRead(long offsetBytes, ByteBuffer target) {
                return 0;
            }

            @Override
            public void read(long offsetBytes, ByteBuffer target) throws IOException {
                waitForTheDevice();
                for (long block = offsetBytes / 512; target.hasRemaining(); block++) {
                    target.put(blocks.getOrDefault(block, new byte[512]));
                }
            }

            @Override
            public void write(long offsetBytes, ByteBuffer source) throws IOException {
                long firstBlock = offsetBytes / 512;
                Write owner = byFirstBlock.get((int) (firstBlock / BLOCKS_PER_WRITE * BLOCKS_PER_WRITE));
                assertFalse(refused.contains(owner.task), () -> "a write through the fence: " + owner.task);
                waitForTheDevice();
                assertFalse(refused.contains(owner.task), () -> "the fence did not wait: " + owner.task);
                assertFalse(owner.task.ended(), () -> "a task that ended writes: " + owner.task);
                for (long block = firstBlock; source.hasRemaining(); block++) {
                    byte[] data = new byte[512];
                    source.get(data);
                    blocks.put(block, data);
                    durable.remove(block);
                }
            }

            @Override
            public void flush() throws IOException {
                Set<Long> covered = new HashSet<>(blocks.keySet());
                waitForTheDevice();
                durable.addAll(covered);
            }

            @Override
            public void unmap(long offsetBytes, long lengthBytes) {
                throw new AssertionError("nobody asked for it");
            }

            @Override
            public void zero(long offsetBytes, long lengthBytes) {
                throw new AssertionError("nobody asked for it");
            }

            @Override
            public void close() {}
        }
    }
}
