package dev.kume.core.reservation;

import static dev.kume.core.reservation.PrScript.K1;
import static dev.kume.core.reservation.PrScript.K2;
import static dev.kume.core.reservation.PrScript.N1;
import static dev.kume.core.reservation.PrScript.N2;
import static dev.kume.core.reservation.PrScript.N3;
import static dev.kume.core.reservation.ReservationResult.Condition.RESERVATIONS_PREEMPTED;
import static dev.kume.core.reservation.ReservationResult.Condition.RESERVATIONS_RELEASED;
import static dev.kume.core.reservation.ReservationResult.Verdict.CONFLICT;
import static dev.kume.core.reservation.ReservationResult.Verdict.GOOD;
import static dev.kume.core.reservation.ReservationResult.Verdict.INVALID_RELEASE;
import static dev.kume.core.reservation.ReservationType.EXCLUSIVE_ACCESS;
import static dev.kume.core.reservation.ReservationType.WRITE_EXCLUSIVE;
import static dev.kume.core.reservation.ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.reservation.PersistentReservations.Access;
import dev.kume.core.reservation.ReservationResult.Attention;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RESERVE, RELEASE, CLEAR, what an administrator does, and who has access afterwards. */
final class ReservingTest {
    private final PrScript disk = new PrScript();

    @BeforeEach
    void twoRegistered() {
        disk.ignore(N1, K1);
        disk.ignore(N2, K2);
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void reserveIsForRegisteredWithTheirKey(ReservationType type) {
        assertEquals(CONFLICT, disk.reserve(N3, K1, type));
        assertEquals(CONFLICT, disk.reserve(N1, K2, type));
        assertEquals(GOOD, disk.reserve(N1, K1, type));
        assertEquals(N1, disk.holder());
        assertEquals(type, disk.type());
        assertEquals(2, disk.state().generation());
        disk.told();
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void reserveAgainIsGoodForHolderAndSameType(ReservationType type) {
        disk.reserve(N1, K1, type);
        PersistentReservations before = disk.state();
        assertEquals(GOOD, disk.reserve(N1, K1, type));
        assertSame(before, disk.state());
        assertEquals(type.isAllRegistrants() ? GOOD : CONFLICT, disk.reserve(N2, K2, type));
        for (ReservationType other : ReservationType.values()) {
            if (other != type) {
                assertEquals(CONFLICT, disk.reserve(N1, K1, other));
                assertEquals(CONFLICT, disk.reserve(N2, K2, other));
            }
        }
        assertSame(before, disk.state());
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void releaseByHolderKeepsRegistrations(ReservationType type) {
        disk.reserve(N1, K1, type);
        assertEquals(CONFLICT, disk.release(N3, K1, type));
        assertEquals(CONFLICT, disk.release(N1, K2, type));
        for (ReservationType other : ReservationType.values()) {
            assertTrue(other == type || disk.release(N1, K1, other) == INVALID_RELEASE);
        }
        assertEquals(GOOD, disk.release(N1, K1, type));
        assertNull(disk.state().reservation());
        assertEquals(List.of(K1, K2), disk.keys());
        assertEquals(2, disk.state().generation());
        if (type == WRITE_EXCLUSIVE || type == EXCLUSIVE_ACCESS) {
            disk.told();
        } else {
            disk.told(new Attention(N2, RESERVATIONS_RELEASED));
        }
    }

    @Test
    void releaseByAnybodyElseDoesNothing() {
        assertEquals(GOOD, disk.release(N2, K2, WRITE_EXCLUSIVE));
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        PersistentReservations before = disk.state();
        assertEquals(GOOD, disk.release(N2, K2, WRITE_EXCLUSIVE_REGISTRANTS_ONLY));
        assertEquals(GOOD, disk.release(N2, K2, EXCLUSIVE_ACCESS));
        assertSame(before, disk.state());
        disk.told();
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void everyHolderOfAllRegistrantsMayRelease(ReservationType type) {
        disk.reserve(N1, K1, type);
        disk.release(N2, K2, type);
        assertEquals(type.isAllRegistrants(), disk.state().reservation() == null);
    }

    @Test
    void clearRemovesAllAndTellsTheOthers() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        assertEquals(CONFLICT, disk.clear(N3, 0));
        assertEquals(CONFLICT, disk.clear(N2, K1));
        assertEquals(GOOD, disk.clear(N2, K2));
        assertTrue(disk.keys().isEmpty());
        assertNull(disk.state().reservation());
        assertEquals(3, disk.state().generation());
        disk.told(new Attention(N1, RESERVATIONS_PREEMPTED));
    }

    @Test
    void administratorClearsAndEverybodyIsTold() {
        disk.reserve(N1, K1, WRITE_EXCLUSIVE);
        ReservationResult result = disk.state().cleared(disk.now());
        assertTrue(result.state().registrations().isEmpty());
        assertNull(result.state().reservation());
        assertEquals(3, result.state().generation());
        assertEquals(
                List.of(new Attention(N1, RESERVATIONS_PREEMPTED), new Attention(N2, RESERVATIONS_PREEMPTED)),
                result.attentions());
        assertSame(result.state(), result.state().cleared(disk.now()).state());
    }

    @Test
    void registrationsOfATargetGoAndTheOthersAreTold() {
        disk.ignore(N3, K1);
        disk.reserve(N1, K1, WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        ReservationResult result =
                disk.state().without(nexus -> nexus.targetName().equals(N1.targetName()), disk.now());
        assertEquals(
                List.of(N2),
                result.state().registrations().stream().map(Registration::nexus).toList());
        assertNull(result.state().reservation());
        assertEquals(List.of(new Attention(N2, RESERVATIONS_RELEASED)), result.attentions());
        assertSame(
                result.state(),
                result.state().without(nexus -> false, disk.now()).state());
    }

    // ---- who may do what: SPC-4 table 66 ----------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void accessByColumn(ReservationType type) {
        disk.reserve(N1, K1, type);
        boolean registrantsWrite = type.isRegistrantsOnly() || type.isAllRegistrants();
        for (Access access : Access.values()) {
            boolean othersMay = access == Access.READ && !type.isExclusiveAccess();
            assertTrue(disk.state().allows(N1, access));
            assertEquals(registrantsWrite || othersMay, disk.state().allows(N2, access));
            assertEquals(othersMay, disk.state().allows(N3, access));
        }
    }

    @Test
    void registrationsAloneKeepNobodyOut() {
        assertTrue(disk.state().allows(N3, Access.WRITE));
    }
}
