package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits.Limit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several initiators do what comes to their minds, under a seed: commands, aborts, resets, lost connections. Every task
 * is answered at most once and never after its abort, numbers are legal, and the disk holds what the model says.
 */
final class WireSimulationTest {
    private static final int INITIATORS = 4;
    private static final int REGION_BLOCKS = Rig.DISK_BYTES / 512 / INITIATORS;
    private static final int BATCHES = 30;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyTaskEndsOnceAndTheDiskIsTheModel(long seed) throws Exception {
        try (Rig rig = Rig.with(Limit.DATA_OUT_BYTES_PER_SESSION, 1 << 20, Limit.TASKS_PER_SESSION, 16)) {
            rig.disk.hot = offset -> offset / 8192 % 3 != 0;
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int i = 0; i < INITIATORS; i++) {
                Actor actor = new Actor(rig, i, seed * 100 + i);
                running.add(CompletableFuture.runAsync(actor::act));
            }
            for (CompletableFuture<Void> each : running) {
                try {
                    each.get(60, TimeUnit.SECONDS);
                } catch (Exception failure) {
                    throw new AssertionError("seed " + seed, failure);
                }
            }
        }
    }

    /** One initiator with a region of the disk of its own. Confined to its thread. */
    private static final class Actor {
        private final Rig rig;
        private final int index;
        private final Random random;
        /** What each block may hold: one stamp, or several after a write that nobody answered. */
        private final List<Set<Long>> model = new ArrayList<>();

        private final Map<Integer, Open> open = new HashMap<>();
        private RawInitiator initiator;
        private long lastStamp;

        /** A command that has not been answered. */
        private record Open(WirePdu command, int block, int blocks, boolean writes, byte[] data, byte[] received) {}

        Actor(Rig rig, int index, long seed) {
            this.rig = rig;
            this.index = index;
            this.random = new Random(seed);
            for (int i = 0; i < REGION_BLOCKS; i++) {
                model.add(new HashSet<>());
            }
        }

        void act() {
            logIn();
            for (int batch = 0; batch < BATCHES; batch++) {
                batch();
            }
            assertTrue(open.isEmpty());
            for (int block = 0; block < REGION_BLOCKS; block++) {
                checkBlock(block, rig.disk.at((base() + block) * 512, 512));
            }
        }

        private int base() {
            return index * REGION_BLOCKS;
        }

        private void logIn() {
            initiator = RawInitiator.connect(rig.port());
            rig.keep(initiator);
            initiator.isidQualifier = index;
            String digest = random.nextBoolean() ? "CRC32C" : "None";
            initiator.loggedIn(
                    index % 2 == 0 ? RawInitiator.NAME : Rig.OTHER_NAME,
                    index % 2 == 0 ? RawInitiator.TARGET : Rig.OTHER_TARGET,
                    "HeaderDigest=" + digest,
                    "DataDigest=" + digest,
                    "InitialR2T=" + (random.nextBoolean() ? "Yes" : "No"),
                    "ImmediateData=" + (random.nextBoolean() ? "Yes" : "No"),
                    "FirstBurstLength=" + (1 << 9 + random.nextInt(8)),
                    "MaxBurstLength=" + (1 << 13 + random.nextInt(6)),
                    "MaxRecvDataSegmentLength=" + (1 << 9 + random.nextInt(9)));
        }

        private void batch() {
            int block = random.nextInt(REGION_BLOCKS / 4);
            int commands = 1 + random.nextInt(12);
            for (int i = 0; i < commands && block < REGION_BLOCKS; i++) {
                int blocks = Math.min(1 + random.nextInt(random.nextInt(8) == 0 ? 700 : 40), REGION_BLOCKS - block);
                send(block, blocks);
                block += blocks + random.nextInt(5);
            }
            int mood = random.nextInt(40);
            if (mood == 0) {
                initiator.close();
                logIn();
                lost();
                return;
            }
            Set<Integer> functions = new HashSet<>();
            boolean lazy = mood == 1;
            if (mood == 2) {
                functions.add(manage(5, WirePdu.NO_TAG));
            } else if (mood < 8 && !open.isEmpty()) {
                functions.add(manage(1, open.keySet().iterator().next()));
            }
            boolean asked = false;
            while (!open.isEmpty() || !functions.isEmpty()) {
                if (!asked && !initiator.readable(lazy ? 20 : 400)) {
                    // Somebody's reset took them, or we do not feel like sending what they wait for.
                    asked = true;
                    functions.add(manage(2, WirePdu.NO_TAG));
                }
                WirePdu pdu = initiator.receive();
                if (pdu.opcode() == WirePdu.TASK_MANAGEMENT_RESPONSE) {
                    assertTrue(functions.remove(pdu.initiatorTaskTag()));
                    if (asked && functions.isEmpty()) {
                        lost();
                    }
                } else if (pdu.opcode() == WirePdu.R2T) {
                    Open task = open.get(pdu.initiatorTaskTag());
                    assertNotNull(task, "an R2T of a task that has ended");
                    if (!lazy) {
                        initiator.answerR2t(pdu, task.data());
                    }
                } else {
                    answered(pdu);
                }
            }
        }

        private int manage(int function, int referencedTag) {
            WirePdu pdu = initiator.taskManagement(function, 0, referencedTag);
            initiator.send(pdu);
            if (function == 1) {
                // Aborted, or answered before.
                waitForAbort(pdu.initiatorTaskTag(), referencedTag);
            }
            return pdu.initiatorTaskTag();
        }

        private void waitForAbort(int function, int referencedTag) {
            List<WirePdu> early = new ArrayList<>();
            while (true) {
                WirePdu pdu = initiator.receive();
                if (pdu.opcode() == WirePdu.TASK_MANAGEMENT_RESPONSE && pdu.initiatorTaskTag() == function) {
                    boolean answeredBefore = early.stream()
                            .anyMatch(each -> each.initiatorTaskTag() == referencedTag && each.takesStatSn());
                    if (pdu.octet(2) == 0) {
                        assertTrue(!answeredBefore, "aborted and answered");
                        early.removeIf(each -> each.initiatorTaskTag() == referencedTag);
                        maybe(open.remove(referencedTag));
                    }
                    early.forEach(initiator::setAside);
                    initiator.setAside(pdu);
                    return;
                }
                early.add(pdu);
            }
        }

        private void send(int block, int blocks) {
            boolean writes = random.nextBoolean();
            byte[] data = new byte[writes ? blocks * 512 : 0];
            if (!writes) {
                WirePdu read = initiator.read(base() + block, blocks);
                open.put(read.initiatorTaskTag(), new Open(read, block, blocks, false, data, new byte[blocks * 512]));
                initiator.send(read);
                return;
            }
            long stamp = ++lastStamp * INITIATORS + index;
            ByteBuffer longs = ByteBuffer.wrap(data);
            while (longs.hasRemaining()) {
                longs.putLong(stamp);
            }
            WirePdu command = WriteTransferTest.send(initiator, base() + block, data);
            open.put(command.initiatorTaskTag(), new Open(command, block, blocks, true, data, new byte[0]));
        }

        private void answered(WirePdu pdu) {
            Open task = open.get(pdu.initiatorTaskTag());
            assertNotNull(task, () -> "of a task that has ended: " + pdu);
            if (pdu.opcode() == WirePdu.DATA_IN) {
                System.arraycopy(pdu.data(), 0, task.received(), pdu.word(40), pdu.data().length);
            }
            if (!pdu.takesStatSn()) {
                return;
            }
            open.remove(pdu.initiatorTaskTag());
            if (pdu.status() != 0) {
                assertTrue(pdu.sense().startsWith("06"), () -> pdu + " " + pdu.sense());
                return;
            }
            assertEquals(0, pdu.residual());
            for (int i = 0; i < task.blocks(); i++) {
                if (task.writes()) {
                    Set<Long> stamps = model.get(task.block() + i);
                    stamps.clear();
                    stamps.add(ByteBuffer.wrap(task.data()).getLong(0));
                } else {
                    checkBlock(task.block() + i, Arrays.copyOfRange(task.received(), i * 512, i * 512 + 512));
                }
            }
        }

        /** The open tasks are gone, and nobody knows how far they came. */
        private void lost() {
            open.values().forEach(this::maybe);
            open.clear();
        }

        private void maybe(Open task) {
            for (int i = 0; task != null && task.writes() && i < task.blocks(); i++) {
                Set<Long> stamps = model.get(task.block() + i);
                if (stamps.isEmpty()) {
                    stamps.add(-1L);
                }
                stamps.add(ByteBuffer.wrap(task.data()).getLong(0));
            }
        }

        private void checkBlock(int block, byte[] bytes) {
            Set<Long> stamps = model.get(block);
            byte[] fresh = ScriptedDisk.pattern((base() + block) * 512, 512);
            if ((stamps.isEmpty() || stamps.contains(-1L)) && Arrays.equals(fresh, bytes)) {
                return;
            }
            ByteBuffer longs = ByteBuffer.wrap(bytes);
            long stamp = longs.getLong(0);
            assertTrue(
                    stamps.contains(stamp), () -> "block %d holds %x, not one of %s".formatted(block, stamp, stamps));
            while (longs.hasRemaining()) {
                assertEquals(stamp, longs.getLong());
            }
        }
    }
}
