package dev.kume.protocol.server;

import static dev.kume.protocol.server.PrOut.EXCLUSIVE_ACCESS;
import static dev.kume.protocol.server.PrOut.WRITE_EXCLUSIVE;
import static dev.kume.protocol.server.PrOut.WRITE_EXCLUSIVE_ALL;
import static dev.kume.protocol.server.PrOut.WRITE_EXCLUSIVE_REGISTRANTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The fence of a PERSISTENT RESERVE OUT is exact, whichever of its service actions takes access away. */
final class ReservationFenceTest {
    private static final int ROUNDS = FenceArena.ROUNDS;
    private static final long KEY1 = 0xA;
    private static final long KEY2 = 0xB;
    private static final int[] TYPES = {1, 3, 5, 6, 7, 8};

    @Test
    void afterAPreemptNoStampAppears() throws Exception {
        rounds(11, (arena, round) -> {
            int type = TYPES[round / 2 % TYPES.length];
            PrOut.REGISTER_AND_IGNORE.good(arena.node1, 0, 0, KEY1);
            PrOut.RESERVE.good(arena.node1, type, KEY1, 0);
            PrOut.REGISTER_AND_IGNORE.good(arena.node2, 0, 0, KEY2);
            PrOut preempt = round % 2 == 0 ? PrOut.PREEMPT : PrOut.PREEMPT_AND_ABORT;
            return flood -> preempt.good(arena.node2, type, KEY2, KEY1);
        });
    }

    @Test
    void afterAReserveNoStampAppears() throws Exception {
        rounds(12, (arena, round) -> {
            PrOut.REGISTER_AND_IGNORE.good(arena.node2, 0, 0, KEY2);
            return flood -> PrOut.RESERVE.good(arena.node2, TYPES[round % TYPES.length], KEY2, 0);
        });
    }

    @Test
    void afterAChangeOfTheTypeNoStampAppears() throws Exception {
        rounds(13, (arena, round) -> {
            PrOut.REGISTER_AND_IGNORE.good(arena.node1, 0, 0, KEY1);
            PrOut.REGISTER_AND_IGNORE.good(arena.node2, 0, 0, KEY2);
            PrOut.RESERVE.good(arena.node2, WRITE_EXCLUSIVE_REGISTRANTS, KEY2, 0);
            int type = round % 2 == 0 ? WRITE_EXCLUSIVE : EXCLUSIVE_ACCESS;
            return flood -> PrOut.PREEMPT.good(arena.node2, type, KEY2, KEY2);
        });
    }

    /** The node gives its own registration up in the midst of its writes. */
    @Test
    void afterARegisterWithKey0NoStampAppears() throws Exception {
        rounds(14, (arena, round) -> {
            PrOut.REGISTER_AND_IGNORE.good(arena.node1, 0, 0, KEY1);
            PrOut.REGISTER_AND_IGNORE.good(arena.node2, 0, 0, KEY2);
            int type = round % 2 == 0 ? WRITE_EXCLUSIVE_REGISTRANTS : WRITE_EXCLUSIVE_ALL;
            PrOut.RESERVE.good(arena.node2, type, KEY2, 0);
            PrOut register = round % 4 < 2 ? PrOut.REGISTER : PrOut.REGISTER_AND_IGNORE;
            return flood -> {
                CompletableFuture<Void> answered =
                        flood.send(node -> register.command(node, 0, KEY1, 0), arena.disk::fenceIsUp);
                answered.get(10, TimeUnit.SECONDS);
            };
        });
    }

    private interface SetUp {
        /** Gives the nodes what they have before the flood; the cut then takes it away. */
        FenceArena.Cut of(FenceArena arena, int round);
    }

    private static void rounds(long seed, SetUp setUp) throws Exception {
        try (FenceArena arena = new FenceArena(seed)) {
            for (int round = 0; round < ROUNDS; round++) {
                FenceArena.Cut cut = setUp.of(arena, round);
                arena.node1.clearAttentions();
                boolean frozen = seed != 14 && round % 8 == 7;
                StampFlood flood = arena.round(cut, frozen);
                assertFalse(flood.cut, "the session has ended");
                assertEquals(Collections.nCopies(StampFlood.DEPTH, "18"), flood.refusals);
                PrOut.REGISTER_AND_IGNORE.good(arena.node2, 0, 0, KEY2);
                PrOut.CLEAR.good(arena.node2, 0, KEY2, 0);
                arena.node1.clearAttentions();
                arena.node2.clearAttentions();
            }
            arena.told(ROUNDS);
        }
    }
}
