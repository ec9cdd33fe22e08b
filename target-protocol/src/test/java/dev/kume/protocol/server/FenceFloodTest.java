package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The fence of an administrator is exact: of a mapping that is taken away, and of an initiator that is denied. */
final class FenceFloodTest {
    private static final int ROUNDS = FenceArena.ROUNDS;

    @Test
    void afterAnUnmapNoStampAppears() throws Exception {
        try (FenceArena arena = new FenceArena(1)) {
            for (int round = 0; round < ROUNDS; round++) {
                StampFlood flood =
                        arena.round(any -> arena.publish(Set.of(RawInitiator.NAME), Map.of()), round % 8 == 7);
                assertFalse(flood.cut);
                assertTrue(flood.refusals.contains("02 052500"), () -> "answers: " + flood.refusals);
                arena.publishAll();
                arena.node1.clearAttentions();
            }
            arena.told(ROUNDS);
        }
    }

    @Test
    void afterADenialNoStampAppears() throws Exception {
        try (FenceArena arena = new FenceArena(2)) {
            for (int round = 0; round < ROUNDS; round++) {
                StampFlood flood = arena.round(any -> arena.publish(Set.of(), Map.of(0, arena.unit)), round % 8 == 7);
                assertTrue(flood.cut, "the session goes on");
                arena.publishAll();
                arena.node1Again();
            }
            arena.told(ROUNDS);
        }
    }
}
