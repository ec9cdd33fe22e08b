package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Power cuts in the middle of everything that a disk file does: after each, every flushed sector is there, nothing of
 * another place is, and the file is whole.
 *
 * <p>{@code -Dkume.powercut.seconds} says for how long fresh seeds are run, all kinds together; {@code
 * -Dkume.powercut.seed} runs one seed again.
 */
final class PowerCutTest {
    private static final int SEEDS = 4;

    /** All of them, or those of which {@code -Dkume.powercut.kind} is a part of the name. */
    static List<DiskKind> kinds() {
        String only = System.getProperty("kume.powercut.kind", "");
        return DiskKind.all().stream()
                .filter(kind -> kind.toString().contains(only))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void noFlushedSectorIsLost(DiskKind kind) {
        Long only = Long.getLong("kume.powercut.seed");
        if (only != null) {
            assertTrue(run(kind, only) > 0, "no cut");
            return;
        }
        long begin = System.nanoTime();
        long share = Long.getLong("kume.powercut.seconds", 9) * 1_000_000_000L / kinds().size();
        long cuts = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            cuts += run(kind, seed);
        }
        long first = begin & 0x7FFF_FFFF_FFFFL;
        long seed = first;
        while (System.nanoTime() - begin < share) {
            cuts += run(kind, seed++);
        }
        System.out.printf(
                "%s: %,d power cuts of %d disks in %.1f s, seeds 1 to %d and %d to %d%n",
                kind, cuts, SEEDS + seed - first, (System.nanoTime() - begin) / 1e9, SEEDS, first, seed - 1);
        assertTrue(cuts > SEEDS, "few cuts: " + cuts);
    }

    private static long run(DiskKind kind, long seed) {
        try {
            return new PowerCutHistory(
                            kind, RandomGeneratorFactory.of("L64X128MixRandom").create(seed))
                    .run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "%s, seed %d (replay with -Dkume.powercut.seed=%d): %s".formatted(kind, seed, seed, e), e);
        }
    }
}
