package dev.kume.protocol.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class FuzzTest {
    private static final int SEEDS = 10;

    @Test
    void fixedSeedsComeToManyOutcomes() {
        Long only = Long.getLong("kume.seed");
        Map<String, Long> outcomes = new TreeMap<>();
        for (long seed = only == null ? 1 : only; seed <= (only == null ? SEEDS : only); seed++) {
            Fuzz.run(seed, outcomes);
        }
        assertTrue(outcomes.containsKey("SESSION goes on") && outcomes.containsKey("SESSION was closed"));
        assertTrue(only != null || outcomes.size() > 30, () -> "few outcomes: " + outcomes.keySet());
    }

    @Test
    void aSeedComesToTheSameEachTime() {
        Map<String, Long> first = new TreeMap<>();
        Map<String, Long> second = new TreeMap<>();
        Fuzz.run(7, first);
        Fuzz.run(7, second);
        assertEquals(first, second);
    }

    /** {@code -Dkume.fuzz.seconds} says for how long; {@code scripts/test} takes twenty. */
    @Test
    void freshSeedsFindNothing() {
        long end = System.nanoTime() + Long.getLong("kume.fuzz.seconds", 2) * 1_000_000_000L;
        long seed = System.nanoTime() & 0x7FFF_FFFF_FFFFL;
        Map<String, Long> outcomes = new TreeMap<>();
        while (System.nanoTime() - end < 0) {
            Fuzz.run(seed++, outcomes);
        }
    }
}
