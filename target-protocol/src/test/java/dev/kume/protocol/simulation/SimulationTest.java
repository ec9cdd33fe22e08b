package dev.kume.protocol.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The whole target in one thread, under seeds; {@link Simulation} says what is simulated. */
final class SimulationTest {
    private static final long FIRST_SEED = 1;
    private static final int SEEDS = 40;

    /** Each of these has found something once. */
    @Test
    void seedsOfOldFaultsGoWell() {
        for (long seed : new long[] {19637606925584L, 2000703, 9001232}) {
            assertTrue(Simulation.run(seed).answers() > 0, () -> "nothing happened under seed " + seed);
        }
    }

    @Test
    void theSameSeedsAlwaysGoWell() {
        Long only = Long.getLong("kume.seed");
        if (only != null) {
            Simulation.run(only);
            return;
        }
        long restarts = 0;
        long aborts = 0;
        long answers = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Simulation.Result result = Simulation.run(seed);
            restarts += result.restarts();
            aborts += result.aborts();
            answers += result.answers();
        }
        assertTrue(restarts > 0, "nobody lost power");
        assertTrue(aborts > 0, "nothing was aborted");
        assertTrue(answers > 1_000, "hardly a command was answered");
    }

    @Test
    void aSeedRunsTheSameEachTime() {
        for (long seed = 1_000; seed < 1_003; seed++) {
            assertEquals(Simulation.run(seed), Simulation.run(seed));
        }
    }

    @Test
    void seedsDiffer() {
        assertTrue(Simulation.run(1).hash() != Simulation.run(2).hash());
    }

    /** {@code -Dkume.simulation.seconds} says for how long; {@code scripts/test} takes a minute. */
    @Test
    void freshSeedsGoWell() {
        long seconds = Long.getLong("kume.simulation.seconds", 2);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long seed = System.nanoTime() & 0x7FFF_FFFF_FFFFL;
        while (System.nanoTime() - end < 0) {
            Simulation.run(seed++);
        }
    }
}
