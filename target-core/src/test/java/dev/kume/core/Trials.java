package dev.kume.core;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Property tests: one body, many seeded runs. The failing seed is in the failure's message; {@code -Dkume.seed=N} runs
 * that seed alone.
 */
public final class Trials {
    /** One run of a property; whatever it throws is a failure. */
    @FunctionalInterface
    public interface Trial {
        void run(RandomGenerator random) throws Exception;
    }

    private Trials() {}

    /** Runs {@code trial} {@code count} times, with the seeds {@code seed}, {@code seed + 1}... */
    public static void forSeed(long seed, int count, Trial trial) {
        Long only = Long.getLong("kume.seed");
        if (only != null) {
            run(only, trial);
            return;
        }
        for (int i = 0; i < count; i++) {
            run(seed + i, trial);
        }
    }

    private static void run(long seed, Trial trial) {
        try {
            trial.run(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + " (replay with -Dkume.seed=" + seed + "): " + e, e);
        }
    }
}
