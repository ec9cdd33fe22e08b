package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * No answer that promises durability leaves before the flush that makes it true has returned: seen from the initiators'
 * side of real sockets, on a disk that records which stamp of each block was written and which is durable.
 */
final class DurableAnswerTest {
    private static final int BLOCKS = 256;
    private static final int BLOCK_BYTES = 512;
    private static final int COMMANDS = 1_500;
    private static final int DEPTH = 8;
    private static final int FORCE_UNIT_ACCESS = 0x08;

    /** Each block holds the stamp that was written last; a flush makes durable what was written when it began. */
    private static final class RecordingDisk implements VirtualDisk {
        final AtomicIntegerArray written = new AtomicIntegerArray(BLOCKS);
        final AtomicIntegerArray durable = new AtomicIntegerArray(BLOCKS);
        final AtomicInteger flushes = new AtomicInteger();

        @Override
        public DiskInfo info() {
            return new DiskInfo((long) BLOCKS * BLOCK_BYTES, false, false);
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
            int block = (int) (offsetBytes / BLOCK_BYTES);
            for (; source.hasRemaining(); block++) {
                written.set(block, source.getInt(source.position()));
                source.position(source.position() + BLOCK_BYTES);
            }
        }

        @Override
        public void flush() {
            int[] then = new int[BLOCKS];
            for (int block = 0; block < BLOCKS; block++) {
                then[block] = written.get(block);
            }
            LockSupport.parkNanos(300_000);
            for (int block = 0; block < BLOCKS; block++) {
                durable.accumulateAndGet(block, then[block], Math::max);
            }
            flushes.incrementAndGet();
        }

        @Override
        public void unmap(long offsetBytes, long lengthBytes) throws IOException {
            throw new IOException("not asked for here");
        }

        @Override
        public void zero(long offsetBytes, long lengthBytes) throws IOException {
            throw new IOException("not asked for here");
        }

        @Override
        public void close() {}
    }

    private record Sent(WirePdu command, int block, int stamp, boolean force, boolean synchronize) {}

    /** One initiator with its own blocks: what it was promised is looked up the moment the promise arrives. */
    private static void drive(RawInitiator initiator, RecordingDisk disk, int firstBlock, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Integer, Integer> answered = new HashMap<>();
        for (int done = 0; done < COMMANDS; done += DEPTH) {
            Map<Integer, Integer> before = Map.copyOf(answered);
            List<Sent> batch = new ArrayList<>();
            for (int i = 0; i < DEPTH; i++) {
                // A block is written once in a batch, since commands of one batch may overtake each other.
                int block = firstBlock + (done * 7 + i) % (BLOCKS / 2);
                int stamp = done + i + 1;
                boolean synchronize = random.nextInt(10) == 0;
                boolean force = !synchronize && random.nextInt(4) == 0;
                byte[] cdb =
                        RawInitiator.cdb10(synchronize ? 0x35 : 0x2A, synchronize ? 0 : block, synchronize ? 0 : 1);
                cdb[1] = (byte) (force ? FORCE_UNIT_ACCESS : 0);
                WirePdu command = initiator.command(0, synchronize ? 0x81 : 0xA1, synchronize ? 0 : BLOCK_BYTES, cdb);
                if (!synchronize) {
                    command = command.with(
                            ByteBuffer.allocate(BLOCK_BYTES).putInt(stamp).array());
                }
                batch.add(new Sent(command, block, stamp, force, synchronize));
                initiator.send(command);
            }
            for (Sent sent : batch) {
                assertEquals(0, initiator.finish(sent.command(), new byte[0]).status());
                if (sent.synchronize()) {
                    before.forEach((block, stamp) -> assertTrue(
                            disk.durable.get(block) >= stamp, () -> "synchronised, and not durable: block " + block));
                    continue;
                }
                assertTrue(disk.written.get(sent.block()) >= sent.stamp(), "answered, and not written");
                assertTrue(
                        !sent.force() || disk.durable.get(sent.block()) >= sent.stamp(),
                        () -> "FUA answered, and not durable: block " + sent.block());
                answered.put(sent.block(), sent.stamp());
            }
        }
    }

    @Test
    void noPromiseLeavesBeforeTheFlushThatKeepsIt() throws IOException, InterruptedException, ExecutionException {
        RecordingDisk disk = new RecordingDisk();
        ExecutorService drivers = Executors.newFixedThreadPool(2);
        try (LoopbackTarget target = LoopbackTarget.standard()) {
            var unit = target.unit("recording", disk);
            target.map(RawInitiator.TARGET, 0, unit).allow(RawInitiator.TARGET, RawInitiator.NAME);
            target.map(Rig.OTHER_TARGET, 0, unit).allow(Rig.OTHER_TARGET, Rig.OTHER_NAME);
            target.open(0);
            try (RawInitiator node1 = RawInitiator.login(target.port());
                    RawInitiator node2 =
                            RawInitiator.connect(target.port()).loggedIn(Rig.OTHER_NAME, Rig.OTHER_TARGET)) {
                node1.clearAttentions();
                node2.clearAttentions();
                Future<?> first = drivers.submit(() -> drive(node1, disk, 0, 1));
                Future<?> second = drivers.submit(() -> drive(node2, disk, BLOCKS / 2, 2));
                first.get();
                second.get();
            }
            assertTrue(disk.flushes.get() > COMMANDS / 10, "flushes: " + disk.flushes);
        } finally {
            drivers.shutdownNow();
        }
    }

    @Test
    void withTheWriteCacheOffEveryAnswerIsDurable() throws IOException {
        RecordingDisk disk = new RecordingDisk();
        try (LoopbackTarget target = LoopbackTarget.standard()) {
            target.map(RawInitiator.TARGET, 0, target.unit("recording", disk))
                    .allow(RawInitiator.TARGET, RawInitiator.NAME);
            target.open(0);
            try (RawInitiator initiator = RawInitiator.login(target.port())) {
                initiator.clearAttentions();
                byte[] select = {0x15, 0x10, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
                byte[] cachingOff = new byte[24];
                cachingOff[4] = 0x08;
                cachingOff[5] = 0x12;
                WirePdu off =
                        initiator.command(0, 0xA1, cachingOff.length, select).with(cachingOff);
                assertEquals(0, initiator.run(off).status());
                for (int stamp = 1; stamp <= 300; stamp++) {
                    int block = stamp % BLOCKS;
                    WirePdu write = initiator
                            .write(block, 1)
                            .with(ByteBuffer.allocate(BLOCK_BYTES).putInt(stamp).array());
                    assertEquals(0, initiator.run(write).status());
                    assertEquals(stamp, disk.durable.get(block), "write cache off, answered, and not durable");
                }
            }
        }
    }
}
