package dev.kume.core.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The store that other tests trust. */
class MemoryStoreTest {
    @Test
    void powerCutsKeepWhatWasFlushedAndAnySubsetOfTheRest() {
        boolean[] seen = new boolean[2];
        Trials.forSeed(81, 50, random -> {
            MemoryStore store = MemoryStore.holding("m", new byte[4096]);
            store.write(0, ByteBuffer.wrap(filled(512, 1)));
            store.flush();
            assertTrue(store.allDurable());
            store.write(512, ByteBuffer.wrap(filled(1024, 2)));
            assertFalse(store.allDurable());
            byte[] after = store.afterPowerCut(random).bytes();
            assertArrayEquals(filled(512, 1), Arrays.copyOf(after, 512));
            for (int sector = 1; sector <= 2; sector++) {
                byte[] content = Arrays.copyOfRange(after, sector * 512, sector * 512 + 512);
                assertArrayEquals(filled(512, content[0]), content, "sectors are whole");
                seen[content[0] == 2 ? 1 : 0] = true;
            }
        });
        assertTrue(seen[0] && seen[1], "some were lost, some were kept");
    }

    @Test
    void cutAndGrownAgainReadsZeroes() throws IOException {
        MemoryStore store = MemoryStore.holding("m", filled(1500, 3));
        store.resize(700);
        store.resize(1500);
        byte[] expected = new byte[1500];
        Arrays.fill(expected, 0, 700, (byte) 3);
        assertArrayEquals(expected, store.bytes());
        assertEquals(0, store.tryRead(1500, ByteBuffer.allocate(10)));
        assertEquals(5, store.tryRead(1495, ByteBuffer.allocate(10)));
    }

    private static byte[] filled(int bytes, int value) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) value);
        return content;
    }
}
