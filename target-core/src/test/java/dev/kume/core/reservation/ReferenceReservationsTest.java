package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Attention;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Outcome;
import dev.kume.core.reservation.ReferenceReservations.Request;
import dev.kume.core.reservation.ReferenceReservations.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The model against a few stories that were worked out by hand, so that it is not judged by the code it judges. */
final class ReferenceReservationsTest {
    private static final Nexus A = new Nexus("a", "t1");
    private static final Nexus A2 = new Nexus("a", "t2");
    private static final Nexus B = new Nexus("b", "t2");
    private static final Nexus C = new Nexus("c", "t1");

    private final ReferenceReservations state = new ReferenceReservations(8);

    private Outcome run(Action action, Nexus from, long key, long actionKey, int type) {
        return state.run(Request.of(action, from, key, actionKey, type));
    }

    private void register(Nexus nexus, long key) {
        assertEquals(Status.GOOD, run(Action.REGISTER, nexus, 0, key, 0).status());
    }

    @Test
    void preemptOfTheHolderMovesTheReservationAndRemovesEveryRegistrationOfItsKey() {
        register(A, 1);
        register(A2, 1);
        register(B, 2);
        register(C, 3);
        assertEquals(Status.GOOD, run(Action.RESERVE, A, 1, 0, 5).status());
        Outcome outcome = run(Action.PREEMPT, B, 2, 1, 6);
        assertEquals(Map.of(B, 2L, C, 3L), state.keys());
        assertTrue(state.holds(B));
        assertEquals(
                Map.of(
                        A, Attention.REGISTRATIONS_PREEMPTED,
                        A2, Attention.REGISTRATIONS_PREEMPTED,
                        C, Attention.RESERVATIONS_RELEASED),
                outcome.attentions());
        assertEquals(5, state.generation());
        assertEquals(ReferenceAccess.Standing.EA_STRANGER, ReferenceAccess.standing(state, A));
        assertEquals(ReferenceAccess.Standing.REGISTRANT, ReferenceAccess.standing(state, C));
    }

    @Test
    void aReservationOfAllRegistrantsEndsWithTheLastOfThem() {
        register(A, 1);
        register(B, 1);
        assertEquals(Status.GOOD, run(Action.RESERVE, A, 1, 0, 7).status());
        assertEquals(Status.GOOD, run(Action.RESERVE, B, 1, 0, 7).status(), "B holds it, too");
        assertEquals(0, state.shownKey());
        run(Action.REGISTER, A, 1, 0, 0);
        assertTrue(state.holds(B));
        Outcome outcome = run(Action.PREEMPT, B, 1, 1, 7);
        assertEquals(Outcome.of(Status.GOOD), outcome, "the sender alone was removed, and is not told");
        assertFalse(state.isHeld());
    }

    @Test
    void theHolderThatUnregistersTellsTheRegistrantsOfTypesFiveAndSixOnly() {
        for (int type : new int[] {1, 3, 5, 6}) {
            register(A, 1);
            register(B, 2);
            run(Action.RESERVE, A, 1, 0, type);
            Outcome outcome = run(Action.REGISTER, A, 1, 0, 0);
            boolean told = type == 5 || type == 6;
            assertEquals(told ? Map.of(B, Attention.RESERVATIONS_RELEASED) : Map.of(), outcome.attentions());
            assertFalse(state.isHeld());
            run(Action.CLEAR, B, 2, 0, 0);
        }
    }

    @Test
    void powerLossKeepsWhatTheLastAptplAsked() {
        register(A, 1);
        ReferenceReservations kept = state.copy();
        state.losePower();
        assertEquals("generation 0, type 0, aptpl false, []", state.describe());
        kept.run(new Request(Action.REGISTER_AND_IGNORE, B, 0, 2, 0, List.of(), false, false, true, null, false));
        kept.losePower();
        assertEquals("generation 0, type 0, aptpl true, [a->t1 1, b->t2 2]", kept.describe());
    }
}
