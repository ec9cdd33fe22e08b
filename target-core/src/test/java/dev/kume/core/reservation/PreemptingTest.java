package dev.kume.core.reservation;

import static dev.kume.core.reservation.PrScript.K1;
import static dev.kume.core.reservation.PrScript.K2;
import static dev.kume.core.reservation.PrScript.K3;
import static dev.kume.core.reservation.PrScript.N1;
import static dev.kume.core.reservation.PrScript.N1_ON_B;
import static dev.kume.core.reservation.PrScript.N2;
import static dev.kume.core.reservation.PrScript.N3;
import static dev.kume.core.reservation.ReservationResult.Condition.REGISTRATIONS_PREEMPTED;
import static dev.kume.core.reservation.ReservationResult.Condition.RESERVATIONS_RELEASED;
import static dev.kume.core.reservation.ReservationResult.Verdict.CONFLICT;
import static dev.kume.core.reservation.ReservationResult.Verdict.GOOD;
import static dev.kume.core.reservation.ReservationResult.Verdict.INVALID_ACTION_KEY;
import static dev.kume.core.reservation.ReservationResult.Verdict.INVALID_DESTINATION;
import static dev.kume.core.reservation.ReservationResult.Verdict.NOTHING_TO_MOVE;
import static dev.kume.core.reservation.ReservationResult.Verdict.NO_RESOURCES;
import static dev.kume.core.reservation.ReservationType.EXCLUSIVE_ACCESS;
import static dev.kume.core.reservation.ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
import static dev.kume.core.reservation.ReservationType.WRITE_EXCLUSIVE;
import static dev.kume.core.reservation.ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS;
import static dev.kume.core.reservation.ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.reservation.ReservationResult.Attention;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PREEMPT, PREEMPT AND ABORT and REGISTER AND MOVE. */
final class PreemptingTest {
    private final PrScript disk = new PrScript();

    /** Node 1 by two targets, node 2 and node 3 by one each. */
    @BeforeEach
    void registered() {
        disk.ignore(N1, K1);
        disk.ignore(N1_ON_B, K1);
        disk.ignore(N2, K2);
        disk.ignore(N3, K3);
    }

    @Test
    void onlyRegisteredNexusesWithTheirKeyPreempt() {
        disk.ignore(N3, 0);
        assertEquals(CONFLICT, disk.preempt(N3, K3, K1, WRITE_EXCLUSIVE));
        assertEquals(CONFLICT, disk.preempt(N2, K3, K1, WRITE_EXCLUSIVE));
    }

    @Test
    void keyThatNobodyHasConflicts() {
        assertEquals(CONFLICT, disk.preempt(N2, K2, 0x4444, WRITE_EXCLUSIVE));
        assertEquals(CONFLICT, disk.preempt(N2, K2, 0, WRITE_EXCLUSIVE));
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        assertEquals(CONFLICT, disk.preempt(N2, K2, 0x4444, WRITE_EXCLUSIVE));
        assertEquals(4, disk.state().generation());
    }

    @Test
    void withoutReservationRegistrationsGoWithAllTheirPaths() {
        assertEquals(GOOD, disk.preempt(N2, K2, K1, WRITE_EXCLUSIVE));
        assertEquals(List.of(K2, K3), disk.keys());
        assertNull(disk.state().reservation());
        assertEquals(5, disk.state().generation());
        disk.told(new Attention(N1, REGISTRATIONS_PREEMPTED), new Attention(N1_ON_B, REGISTRATIONS_PREEMPTED));
    }

    @Test
    void ownKeyWithoutReservationRemovesOneselfToo() {
        assertEquals(GOOD, disk.preempt(N1, K1, K1, WRITE_EXCLUSIVE));
        assertEquals(List.of(K2, K3), disk.keys());
        disk.told(new Attention(N1_ON_B, REGISTRATIONS_PREEMPTED));
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void holdersKeyTakesTheReservationOver(ReservationType type) {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        assertEquals(GOOD, disk.preempt(N2, K2, K1, type));
        assertEquals(List.of(K2, K3), disk.keys());
        assertEquals(N2, disk.holder());
        assertEquals(type, disk.type());
        assertEquals(5, disk.state().generation());
        if (type == WRITE_EXCLUSIVE_REGISTRANTS_ONLY) {
            disk.told(new Attention(N1, REGISTRATIONS_PREEMPTED), new Attention(N1_ON_B, REGISTRATIONS_PREEMPTED));
        } else {
            disk.told(
                    new Attention(N1, REGISTRATIONS_PREEMPTED),
                    new Attention(N1_ON_B, REGISTRATIONS_PREEMPTED),
                    new Attention(N3, RESERVATIONS_RELEASED));
        }
    }

    @Test
    void secondOfTwoRacersConflicts() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        assertEquals(GOOD, disk.preempt(N2, K2, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
        assertEquals(CONFLICT, disk.preempt(N3, K3, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
        assertEquals(N2, disk.holder());
    }

    @Test
    void defenderRemovesTheChallengerAndKeepsTheReservation() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        Reservation held = disk.state().reservation();
        assertEquals(GOOD, disk.preempt(N1, K1, K2, EXCLUSIVE_ACCESS));
        assertEquals(held, disk.state().reservation());
        assertEquals(List.of(K1, K1, K3), disk.keys());
        disk.told(new Attention(N2, REGISTRATIONS_PREEMPTED));
    }

    @Test
    void nodeTakesOverFromItsStaleNexus() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        assertEquals(GOOD, disk.preempt(N1_ON_B, K1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
        assertEquals(N1_ON_B, disk.holder());
        assertEquals(List.of(K1, K2, K3), disk.keys());
        disk.told(new Attention(N1, REGISTRATIONS_PREEMPTED));
    }

    @Test
    void holderThatPreemptsItselfStays() {
        disk.reserve(N2, K2, WRITE_EXCLUSIVE);
        Reservation held = disk.state().reservation();
        assertEquals(GOOD, disk.preempt(N2, K2, K2, WRITE_EXCLUSIVE));
        assertEquals(held, disk.state().reservation());
        assertEquals(4, disk.keys().size());
        assertEquals(5, disk.state().generation());
        disk.told();
    }

    @Test
    void keyZeroIsForAllRegistrantsOnly() {
        disk.reserve(N1, K1, EXCLUSIVE_ACCESS_REGISTRANTS_ONLY);
        assertEquals(INVALID_ACTION_KEY, disk.preempt(N2, K2, 0, WRITE_EXCLUSIVE));
        disk.release(N1, K1, EXCLUSIVE_ACCESS_REGISTRANTS_ONLY);
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_ALL_REGISTRANTS);
        assertEquals(GOOD, disk.preempt(N2, K2, 0, EXCLUSIVE_ACCESS));
        assertEquals(List.of(K2), disk.keys());
        assertEquals(N2, disk.holder());
        assertEquals(EXCLUSIVE_ACCESS, disk.type());
        disk.told(
                new Attention(N1, REGISTRATIONS_PREEMPTED),
                new Attention(N1_ON_B, REGISTRATIONS_PREEMPTED),
                new Attention(N3, REGISTRATIONS_PREEMPTED));
    }

    @Test
    void otherKeysOfAllRegistrantsGoAndTheReservationStays() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_ALL_REGISTRANTS);
        assertEquals(GOOD, disk.preempt(N2, K2, K1, EXCLUSIVE_ACCESS));
        assertEquals(List.of(K2, K3), disk.keys());
        assertEquals(WRITE_EXCLUSIVE_ALL_REGISTRANTS, disk.type());
        assertTrue(disk.state().isHolder(N2));
        assertTrue(disk.state().isHolder(N3));
        assertEquals(CONFLICT, disk.preempt(N3, K3, 0x4444, EXCLUSIVE_ACCESS));
        disk.preempt(N2, K2, K3, EXCLUSIVE_ACCESS);
        assertEquals(GOOD, disk.preempt(N2, K2, K2, EXCLUSIVE_ACCESS));
        assertTrue(disk.state().registrations().isEmpty());
        assertNull(disk.state().reservation());
        disk.told();
    }

    @Test
    void onlyPreemptAndAbortAborts() {
        disk.preempt(N2, K2, K3, WRITE_EXCLUSIVE);
        assertTrue(disk.last().aborted().isEmpty());
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        disk.does(ServiceAction.PREEMPT_AND_ABORT, N1_ON_B, K1, K1, WRITE_EXCLUSIVE);
        assertEquals(Set.of(N1), disk.last().aborted());
        disk.told(new Attention(N1, REGISTRATIONS_PREEMPTED));
    }

    // ---- REGISTER AND MOVE ------------------------------------------------------------------------------------------

    @Test
    void moveIsForTheHolderOfATypeWithOneHolder() {
        assertEquals(NOTHING_TO_MOVE, disk.move(N1, K1, K2, N3, false));
        assertEquals(CONFLICT, disk.move(N1, K2, K2, N3, false));
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_ALL_REGISTRANTS);
        assertEquals(CONFLICT, disk.move(N1, K1, K2, N3, false));
        disk.release(N1, K1, WRITE_EXCLUSIVE_ALL_REGISTRANTS);
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        assertEquals(CONFLICT, disk.move(N2, K2, K2, N3, false));
        assertEquals(CONFLICT, disk.move(N1, K2, K2, N3, false));
    }

    @Test
    void moveRegistersTheDestinationAndMovesTheReservation() {
        disk.ignore(N3, 0);
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        assertEquals(GOOD, disk.move(N1, K1, 0x4444, N3, false));
        assertEquals(List.of(K1, K1, K2, 0x4444L), disk.keys());
        assertEquals(N3, disk.holder());
        assertEquals(WRITE_EXCLUSIVE, disk.type());
        assertEquals(6, disk.state().generation());
        disk.told();
    }

    @Test
    void moveToRegisteredChangesItsKeyAndMayUnregisterTheSender() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        assertEquals(GOOD, disk.move(N1, K1, 0x4444, N3, true));
        assertEquals(List.of(K1, K2, 0x4444L), disk.keys());
        assertEquals(N3, disk.holder());
        disk.told();
    }

    @Test
    void moveToItselfOrNowhereOrWithoutKeyIsRefused() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        assertEquals(INVALID_DESTINATION, disk.move(N1, K1, K2, N1, false));
        assertEquals(INVALID_DESTINATION, disk.move(N1, K1, K2, null, false));
        assertEquals(INVALID_ACTION_KEY, disk.move(N1, K1, 0, N3, false));
        disk.ignore(N3, 0);
        disk.registrationsMax(3);
        assertEquals(NO_RESOURCES, disk.move(N1, K1, K2, N3, false));
        assertEquals(GOOD, disk.move(N1, K1, K2, N3, true));
    }
}
