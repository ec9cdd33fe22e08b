package dev.kume.core.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The store that other tests trust. */
final class PowerCutStoreTest {
    private static final int SECTOR = PowerCutStore.SECTOR_BYTES;

    @Test
    void powerCutsKeepWhatWasFlushedAndAnySubsetOfTheRest() {
        Set<String> seen = new HashSet<>();
        Trials.forSeed(81, 500, random -> {
            PowerCutStore store = PowerCutStore.holding("m", new byte[4096]);
            store.write(0, filled(SECTOR, 1));
            store.flush();
            assertTrue(store.allDurable());
            store.write(SECTOR, filled(2 * SECTOR, 2));
            assertFalse(store.allDurable());
            byte[] after = store.cut(random, SECTOR).bytes();
            assertArrayEquals(filled(SECTOR, 1).array(), Arrays.copyOf(after, SECTOR));
            StringBuilder kept = new StringBuilder();
            for (int sector = 1; sector <= 2; sector++) {
                byte[] content = Arrays.copyOfRange(after, sector * SECTOR, (sector + 1) * SECTOR);
                assertArrayEquals(filled(SECTOR, content[0]).array(), content, "sectors are whole");
                kept.append(content[0]);
            }
            seen.add(kept.toString());
        });
        assertEquals(Set.of("00", "02", "20", "22"), seen);
    }

    @Test
    void tornSectorsChangeOverAtMultiplesAndInBothDirections() {
        Set<Boolean> newIsFirst = new HashSet<>();
        Trials.forSeed(82, 2_000, random -> {
            PowerCutStore store = PowerCutStore.holding("m", filled(SECTOR, 1).array());
            store.write(0, filled(SECTOR, 2));
            byte[] after = store.cut(random, 4).bytes();
            int changes = 0;
            for (int i = 1; i < SECTOR; i++) {
                if (after[i] != after[i - 1]) {
                    changes++;
                    assertEquals(0, i % 4);
                    newIsFirst.add(after[0] == 2);
                }
            }
            assertTrue(changes <= 1);
        });
        assertEquals(Set.of(true, false), newIsFirst);
    }

    @Test
    void sizesAndDataAreLostApart() {
        Set<String> seen = new HashSet<>();
        Trials.forSeed(83, 1_000, random -> {
            PowerCutStore store = PowerCutStore.holding("m", new byte[SECTOR]);
            store.write(SECTOR, filled(SECTOR, 7));
            store.resize(4 * SECTOR);
            PowerCutStore after = store.cut(random, SECTOR);
            byte[] bytes = after.bytes();
            seen.add(bytes.length / SECTOR + (bytes.length > SECTOR && bytes[SECTOR] == 7 ? " with data" : ""));
            assertTrue(after.allDurable());
        });
        assertEquals(Set.of("1", "2", "2 with data", "4", "4 with data"), seen);
    }

    @Test
    void aHoleMayBeLeftInPart() {
        Set<Integer> left = new HashSet<>();
        Trials.forSeed(84, 1_000, random -> {
            PowerCutStore store =
                    PowerCutStore.holding("m", filled(8 * SECTOR, 3).array());
            store.punch(SECTOR, 6 * SECTOR);
            byte[] bytes = store.cut(random, SECTOR).bytes();
            int kept = 0;
            for (int sector = 0; sector < 8; sector++) {
                kept += bytes[sector * SECTOR] == 3 ? 1 : 0;
            }
            left.add(kept);
            assertEquals(3, bytes[0]);
            assertEquals(3, bytes[7 * SECTOR]);
        });
        assertEquals(Set.of(2, 3, 4, 5, 6, 7, 8), left);
    }

    @Test
    void cutOffAndGrownAgainReadsZeroes() throws IOException {
        PowerCutStore store = PowerCutStore.holding("m", filled(1500, 3).array());
        store.resize(700);
        store.resize(1500);
        byte[] expected = new byte[1500];
        Arrays.fill(expected, 0, 700, (byte) 3);
        assertArrayEquals(expected, store.bytes());
        assertEquals(0, store.tryRead(1500, ByteBuffer.allocate(10)));
        assertEquals(5, store.tryRead(1495, ByteBuffer.allocate(10)));
    }

    @Test
    void aRangeOfAnyLengthIsZeroed() {
        Trials.forSeed(85, 300, random -> {
            byte[] expected = filled(4 * SECTOR, 9).array();
            PowerCutStore store = PowerCutStore.holding("m", expected);
            int from = random.nextInt(4 * SECTOR);
            int to = from + random.nextInt(4 * SECTOR - from + 1);
            store.zero(from, to - from);
            Arrays.fill(expected, from, to, (byte) 0);
            assertArrayEquals(expected, store.bytes());
        });
    }

    @Test
    void aFileOfFortyTerabytesCostsWhatWasWritten() throws IOException {
        PowerCutStore store = new PowerCutStore("m");
        store.resize(40L << 40);
        store.write(0, filled(SECTOR, 1));
        store.write((40L << 40) - SECTOR, filled(SECTOR, 2));
        store.flush();
        assertEquals(2 * SECTOR, store.allocatedBytes());
        assertEquals(new Extent(true, SECTOR), store.extentAt(0, 40L << 40));
        assertEquals(new Extent(false, (40L << 40) - 2 * SECTOR), store.extentAt(SECTOR, (40L << 40) - SECTOR));
        store.punch(SECTOR, (40L << 40) - SECTOR);
        PowerCutStore after = store.cut(RandomGenerator.of("L64X128MixRandom"), 1);
        assertEquals(40L << 40, after.sizeBytes());
        store.flush();
        assertEquals(SECTOR, store.allocatedBytes());
    }

    @Test
    void cutsDoNotTouchWhatTheyAreCutFrom() throws IOException {
        PowerCutStore store = PowerCutStore.holding("m", filled(64 * SECTOR, 1).array());
        store.write(0, filled(SECTOR, 2));
        byte[] before = store.bytes();
        PowerCutStore after = store.cut(new java.util.Random(1), SECTOR);
        after.write(0, filled(64 * SECTOR, 5));
        after.flush();
        assertArrayEquals(before, store.bytes());
        store.write(0, filled(64 * SECTOR, 6));
        assertArrayEquals(filled(64 * SECTOR, 5).array(), after.bytes());
        assertArrayEquals(filled(64 * SECTOR, 6).array(), store.afterKill().bytes());
    }

    @Test
    void powerGoesInTheMiddleOfAnOperation() throws IOException {
        PowerCutStore store = new PowerCutStore("m");
        Power power = new Power();
        FaultyStore powered = new FaultyStore(store).hook(power);
        powered.write(0, filled(SECTOR, 1));
        power.cutAfter(1);
        powered.flush();
        assertThrows(PowerCut.class, () -> powered.write(0, filled(SECTOR, 2)));
        assertThrows(PowerCut.class, () -> powered.read(0, ByteBuffer.allocate(SECTOR)));
        assertTrue(power.gone());
        assertArrayEquals(
                filled(SECTOR, 1).array(), store.cut(new java.util.Random(1), 1).bytes());
    }

    private static ByteBuffer filled(int bytes, int value) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) value);
        return ByteBuffer.wrap(content);
    }
}
