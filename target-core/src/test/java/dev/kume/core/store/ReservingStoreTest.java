package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.MemoryDisk;
import dev.kume.core.testing.LateStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A sparse disk on a device that fills up: the write that finds no space fails, and nothing else. */
class ReservingStoreTest {
    private static final int GRANULE = 64 << 10;
    private static final int GRANULE_BLOCKS = GRANULE / LateStore.BLOCK_BYTES;
    private static final long SIZE = 4 << 20;

    private final LateStore device = new LateStore(MemoryDisk.emptyStore(SIZE), 3 * GRANULE_BLOCKS);
    private final ReservingStore store = new ReservingStore(device);

    @Test
    void withoutItTheFlushWouldFindOut() throws IOException {
        for (int i = 0; i < 4; i++) {
            device.write((long) i * GRANULE, ByteBuffer.allocate(GRANULE));
        }
        assertThrows(NoSpaceException.class, device::flush);
    }

    @Test
    void theWriteThatFindsNoSpaceFailsAndNothingElseDoes() throws IOException {
        for (int i = 0; i < 3; i++) {
            store.write((long) i * GRANULE, filled(GRANULE, i + 1));
        }
        assertThrows(NoSpaceException.class, () -> store.write(3 * GRANULE, filled(512, 9)));
        store.flush();
        store.write(GRANULE + 512, filled(512, 7));
        store.flush();
        assertEquals(7, byteAt(GRANULE + 512));
        assertEquals(3, byteAt(2 * GRANULE));
        assertEquals(0, byteAt(3 * GRANULE), "nothing of the refused write is there");
    }

    @Test
    void theNextWriteSucceedsWhenThereIsSpaceAgain() throws IOException {
        device.blocksMax(0);
        assertThrows(NoSpaceException.class, () -> store.write(0, filled(512, 1)));
        device.blocksMax(GRANULE_BLOCKS);
        store.write(0, filled(512, 1));
        store.flush();
        assertEquals(1, byteAt(0));
    }

    @Test
    void theLastBlocksAreUsedThoughNoWholeGranuleIsLeft() throws IOException {
        device.blocksMax(2);
        store.write(0, filled(4096, 1));
        store.write(8192, filled(4096, 2));
        assertThrows(NoSpaceException.class, () -> store.write(4096, filled(4096, 3)));
        store.write(0, filled(4096, 4));
        store.flush();
        assertEquals(4, byteAt(0));
        assertEquals(2, byteAt(8192));
    }

    @Test
    void aKnownGranuleIsNotAskedForAgain() throws IOException {
        assertFalse(store.hasSpace(0, 512));
        store.write(512, filled(512, 1));
        assertTrue(store.hasSpace(0, GRANULE));
        assertFalse(store.hasSpace(0, GRANULE + 1));
        store.write(0, filled(GRANULE, 1));
        assertEquals(1, device.reserves);
    }

    @Test
    void whatIsGivenBackIsTakenAgainBeforeItIsWritten() throws IOException {
        for (int i = 0; i < 3; i++) {
            store.write((long) i * GRANULE, filled(GRANULE, 1));
        }
        store.punch(GRANULE, GRANULE);
        assertFalse(store.hasSpace(GRANULE, 512));
        assertTrue(store.hasSpace(0, GRANULE));
        assertTrue(store.hasSpace(2 * GRANULE, GRANULE));
        store.write(3 * GRANULE, filled(GRANULE, 2));
        assertThrows(NoSpaceException.class, () -> store.write(GRANULE, filled(512, 3)));
        store.flush();
    }

    @Test
    void zeroesTakeTheirSpaceToo() throws IOException {
        device.blocksMax(GRANULE_BLOCKS);
        store.zero(0, GRANULE);
        assertThrows(NoSpaceException.class, () -> store.zero(GRANULE, GRANULE));
        store.flush();
    }

    @Test
    void whereTheSystemCannotReserveWritesGoThrough() throws IOException {
        LateStore plain = new LateStore(MemoryDisk.emptyStore(SIZE), 1).withoutReserve();
        ReservingStore over = new ReservingStore(plain);
        over.write(0, filled(512, 1));
        over.write(GRANULE, filled(512, 1));
        assertEquals(1, plain.reserves, "asked once");
        assertTrue(over.hasSpace(SIZE / 2, 512));
    }

    @Test
    void growingKeepsWhatIsKnown() throws IOException {
        store.write(0, filled(512, 1));
        store.resize(2 * SIZE);
        assertTrue(store.hasSpace(0, GRANULE));
        store.write(2 * SIZE - GRANULE, filled(512, 1));
        assertTrue(store.hasSpace(2 * SIZE - GRANULE, GRANULE));
        store.resize(SIZE);
        store.resize(2 * SIZE);
        assertFalse(store.hasSpace(2 * SIZE - GRANULE, GRANULE), "it was cut off");
    }

    @Test
    void noFlushEverFailsWhateverIsWrittenAndGivenBackByManyThreads() {
        Trials.forSeed(5, 20, random -> {
            LateStore small = new LateStore(MemoryDisk.emptyStore(SIZE), random.nextInt(8, 400));
            ReservingStore over = new ReservingStore(small);
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                SplittableRandom own = new SplittableRandom(random.nextLong());
                Thread thread = new Thread(() -> {
                    try {
                        for (int i = 0; i < 200; i++) {
                            step(over, own.nextInt(4), own.nextLong(SIZE - GRANULE), own.nextInt(1, GRANULE));
                        }
                    } catch (Throwable failed) {
                        synchronized (failures) {
                            failures.add(failed);
                        }
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), failures);
            over.flush();
        });
    }

    private static void step(ReservingStore over, int what, long offsetBytes, int lengthBytes) throws IOException {
        if (what == 0) {
            over.punch(offsetBytes, lengthBytes);
        } else if (what == 1) {
            over.flush();
        } else {
            try {
                over.write(offsetBytes, ByteBuffer.allocate(lengthBytes));
            } catch (NoSpaceException full) {
                assertTrue(full.getMessage().startsWith("No space left"));
            }
        }
    }

    private int byteAt(long offsetBytes) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        store.read(offsetBytes, one);
        return one.get(0);
    }

    private static ByteBuffer filled(int lengthBytes, int with) {
        byte[] bytes = new byte[lengthBytes];
        Arrays.fill(bytes, (byte) with);
        return ByteBuffer.wrap(bytes);
    }
}
