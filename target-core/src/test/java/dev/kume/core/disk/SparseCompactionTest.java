package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Zeroes come back as space, and nothing else changes. */
final class SparseCompactionTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 3 * MIB;

    private final PowerCutStore store = MemoryDisk.emptyStore(SIZE_BYTES);
    private final IsolatedDisk disk = IsolatedDisk.of(MemoryDisk.on(store, SIZE_BYTES));

    @Test
    void zeroesThatWereWrittenComeBackAsSpace() throws Exception {
        disk.write(0, ByteBuffer.allocate(SIZE_BYTES));
        byte[] content = new byte[8192];
        new Random(1).nextBytes(content);
        disk.write(MIB - 4096, ByteBuffer.wrap(content));
        byte[] before = store.bytes();
        assertEquals(SIZE_BYTES, store.allocatedBytes());
        new SparseCompaction(disk).run(DiskFormat.Progress.NONE);
        assertArrayEquals(before, store.bytes());
        assertEquals(8192, store.allocatedBytes());
        assertTrue(store.allDurable());
    }

    @Test
    void whatIsWrittenMeanwhileStays() throws Exception {
        disk.write(0, ByteBuffer.allocate(SIZE_BYTES));
        AtomicReference<IOException> wrong = new AtomicReference<>();
        byte[] expected = new byte[SIZE_BYTES];
        Thread writer = Thread.ofPlatform().start(() -> {
            Random random = new Random(2);
            try {
                for (int i = 0; i < 2000; i++) {
                    byte[] sector = new byte[512];
                    random.nextBytes(sector);
                    int at = random.nextInt(SIZE_BYTES / 512) * 512;
                    System.arraycopy(sector, 0, expected, at, 512);
                    disk.write(at, ByteBuffer.wrap(sector));
                }
            } catch (IOException e) {
                wrong.set(e);
            }
        });
        while (writer.isAlive()) {
            new SparseCompaction(disk).run(DiskFormat.Progress.NONE);
        }
        writer.join();
        assertEquals(null, wrong.get());
        assertArrayEquals(expected, store.bytes());
    }
}
