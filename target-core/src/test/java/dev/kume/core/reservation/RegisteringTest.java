package dev.kume.core.reservation;

import static dev.kume.core.reservation.PrScript.K1;
import static dev.kume.core.reservation.PrScript.K2;
import static dev.kume.core.reservation.PrScript.K3;
import static dev.kume.core.reservation.PrScript.N1;
import static dev.kume.core.reservation.PrScript.N1_ON_B;
import static dev.kume.core.reservation.PrScript.N2;
import static dev.kume.core.reservation.PrScript.N3;
import static dev.kume.core.reservation.ReservationResult.Condition.RESERVATIONS_RELEASED;
import static dev.kume.core.reservation.ReservationResult.Verdict.CONFLICT;
import static dev.kume.core.reservation.ReservationResult.Verdict.GOOD;
import static dev.kume.core.reservation.ReservationResult.Verdict.INVALID_SPECIFIED_PORTS;
import static dev.kume.core.reservation.ReservationResult.Verdict.NO_RESOURCES;
import static dev.kume.core.reservation.ServiceAction.REGISTER;
import static dev.kume.core.reservation.ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.reservation.ReservationResult.Attention;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** REGISTER and REGISTER AND IGNORE EXISTING KEY: the first four rows of SPC-4 5.13.7's tables. */
final class RegisteringTest {
    private final PrScript disk = new PrScript();

    @Test
    void unregisteredNexusRegistersWithKeyZeroOnly() {
        assertEquals(CONFLICT, disk.register(N1, K1, K2));
        assertEquals(GOOD, disk.register(N1, 0, K1));
        assertEquals(List.of(K1), disk.keys());
        assertEquals(1, disk.state().generation());
    }

    @Test
    void keyZeroForNobodyChangesNothing() {
        PersistentReservations before = disk.state();
        assertEquals(GOOD, disk.register(N1, 0, 0));
        assertEquals(GOOD, disk.ignore(N1, 0));
        assertSame(before, disk.state());
    }

    @Test
    void registeredNexusMustNameItsKey() {
        disk.register(N1, 0, K1);
        assertEquals(CONFLICT, disk.register(N1, 0, K2));
        assertEquals(CONFLICT, disk.register(N1, 0, 0));
        assertEquals(CONFLICT, disk.register(N1, K2, K3));
        assertEquals(GOOD, disk.register(N1, K1, K2));
        assertEquals(List.of(K2), disk.keys());
        assertEquals(2, disk.state().generation());
        assertEquals(GOOD, disk.register(N1, K2, 0));
        assertTrue(disk.keys().isEmpty());
        assertEquals(3, disk.state().generation());
    }

    @Test
    void ignoringKeyRegistersChangesAndRemoves() {
        assertEquals(GOOD, disk.ignore(N1, K1));
        assertEquals(GOOD, disk.ignore(N1, K2));
        assertEquals(List.of(K2), disk.keys());
        assertEquals(GOOD, disk.ignore(N1, 0));
        assertTrue(disk.keys().isEmpty());
        assertEquals(3, disk.state().generation());
    }

    @Test
    void registrationIsOfOneTargetPort() {
        disk.ignore(N1, K1);
        assertNull(disk.state().registrationOf(N1_ON_B));
        disk.ignore(N1_ON_B, K1);
        assertEquals(List.of(K1, K1), disk.keys());
    }

    @Test
    void changedKeyKeepsTheAgeOfTheRegistration() {
        disk.ignore(N1, K1);
        Instant since = disk.state().registrations().getFirst().since();
        disk.ignore(N1, K2);
        assertEquals(since, disk.state().registrations().getFirst().since());
    }

    @Test
    void holderKeepsTheReservationUnderItsNewKey() {
        disk.ignore(N1, K1);
        disk.reserve(N1, K1, ReservationType.EXCLUSIVE_ACCESS);
        Reservation held = disk.state().reservation();
        assertEquals(GOOD, disk.register(N1, K1, K2));
        assertEquals(held, disk.state().reservation());
        assertTrue(disk.state().isHolder(N1));
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void holderThatUnregistersReleases(ReservationType type) {
        disk.ignore(N1, K1);
        disk.ignore(N2, K2);
        disk.ignore(N3, K3);
        disk.reserve(N1, K1, type);
        assertEquals(GOOD, disk.ignore(N1, 0));
        if (type.isAllRegistrants()) {
            assertEquals(type, disk.type());
            assertEquals(N2, disk.holder());
            disk.told();
            disk.ignore(N2, 0);
            disk.ignore(N3, 0);
            disk.told();
        } else if (type.isRegistrantsOnly()) {
            disk.told(new Attention(N2, RESERVATIONS_RELEASED), new Attention(N3, RESERVATIONS_RELEASED));
        } else {
            disk.told();
        }
        assertNull(disk.state().reservation());
    }

    @Test
    void registrantThatIsNotHolderLeavesTheReservation() {
        disk.ignore(N1, K1);
        disk.ignore(N2, K2);
        disk.reserve(N1, K1, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY);
        disk.ignore(N2, 0);
        assertEquals(N1, disk.holder());
        disk.told();
    }

    @Test
    void lastSuccessfulRegisterDecidesAptpl() {
        disk.does(ReservationRequest.of(REGISTER, N1, 0, K1, null, true, disk.now()));
        assertTrue(disk.state().throughPowerLoss());
        disk.does(ReservationRequest.of(REGISTER, N2, K2, K2, null, false, disk.now()));
        assertTrue(disk.state().throughPowerLoss());
        PersistentReservations before = disk.state();
        disk.does(ReservationRequest.of(REGISTER, N1, K1, K1, null, false, disk.now()));
        assertFalse(disk.state().throughPowerLoss());
        assertNotEquals(before, disk.state());
        assertSame(PersistentReservations.EMPTY, disk.state().afterPowerLoss());
    }

    @Test
    void fullTableRefusesAndChangesNothing() {
        disk.registrationsMax(2);
        disk.ignore(N1, K1);
        disk.ignore(N2, K2);
        assertEquals(NO_RESOURCES, disk.ignore(N3, K3));
        assertEquals(NO_RESOURCES, disk.register(N3, 0, K3));
        assertEquals(GOOD, disk.ignore(N2, K3));
        assertEquals(3, disk.state().generation());
    }

    // ---- SPEC_I_PT and ALL_TG_PT ------------------------------------------------------------------------------------

    @Test
    void specifiedPortsAreRegisteredWithTheSender() {
        assertEquals(GOOD, disk.register(REGISTER, N1, 0, K1, true, N2, N3));
        assertEquals(1, disk.state().generation());
        assertEquals(K1, key(N1));
        assertEquals(K1, key(N2));
        assertEquals(K1, key(N3));
    }

    @Test
    void aSpecifiedPortThatIsRegisteredRefusesAll() {
        disk.ignore(N3, K3);
        assertEquals(INVALID_SPECIFIED_PORTS, disk.register(REGISTER, N1, 0, K1, true, N2, N3));
        assertEquals(1, disk.state().generation());
        assertEquals(List.of(K3), disk.keys());
    }

    @Test
    void specifiedPortsAreAllOrNothing() {
        disk.registrationsMax(2);
        assertEquals(NO_RESOURCES, disk.register(REGISTER, N1, 0, K1, true, N2, N3));
        assertTrue(disk.keys().isEmpty());
    }

    @Test
    void specifiedPortsAreRefusedOnceRegisteredAndWhenIgnoring() {
        assertEquals(INVALID_SPECIFIED_PORTS, disk.register(REGISTER_AND_IGNORE_EXISTING_KEY, N1, 0, K1, true, N2));
        disk.ignore(N1, K1);
        assertEquals(INVALID_SPECIFIED_PORTS, disk.register(REGISTER, N1, K1, K2, true, N2));
        assertEquals(CONFLICT, disk.register(REGISTER, N1, K2, K2, true, N2));
    }

    @Test
    void allTargetPortsRegisterChangeAndUnregisterTogether() {
        assertEquals(GOOD, disk.register(REGISTER, N1, 0, K1, false, N1_ON_B));
        assertEquals(List.of(K1, K1), disk.keys());
        assertTrue(disk.state().registrations().stream().allMatch(Registration::allTargetPorts));
        disk.ignore(N2, K2);
        assertEquals(GOOD, disk.register(REGISTER, N1, K1, K3, false, N1_ON_B));
        assertEquals(List.of(K3, K3, K2), disk.keys());
        assertEquals(GOOD, disk.register(REGISTER, N1, K3, 0, false, N1_ON_B));
        assertEquals(List.of(K2), disk.keys());
        assertEquals(4, disk.state().generation());
    }

    @Test
    void allTargetPortsLeaveRegistrationsUnderAnotherKey() {
        disk.ignore(N1, K1);
        disk.ignore(N1_ON_B, K2);
        assertEquals(GOOD, disk.register(REGISTER, N1, K1, 0, false, N1_ON_B));
        assertEquals(List.of(K2), disk.keys());
        assertEquals(GOOD, disk.register(REGISTER_AND_IGNORE_EXISTING_KEY, N1, 0, 0, false, N1_ON_B));
        assertTrue(disk.keys().isEmpty());
    }

    @Test
    void holderUnregisteredThroughAnotherPortReleases() {
        disk.ignore(N1, K1);
        disk.ignore(N1_ON_B, K1);
        disk.ignore(N2, K2);
        disk.reserve(N1_ON_B, K1, ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY);
        disk.register(REGISTER, N1, K1, 0, false, N1_ON_B);
        assertNull(disk.state().reservation());
        disk.told(new Attention(N2, RESERVATIONS_RELEASED));
    }

    private long key(dev.kume.core.nexus.ITNexus nexus) {
        return Objects.requireNonNull(disk.state().registrationOf(nexus)).key();
    }
}
