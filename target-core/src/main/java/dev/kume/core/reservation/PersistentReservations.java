package dev.kume.core.reservation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Registrations and reservation of one disk, SPC-4 5.13: one immutable value however many targets map the disk.
 *
 * @param generation              PRGENERATION
 * @param throughPowerLoss        APTPL of the last REGISTER: all this outlives the power of the host
 * @param registrations           in the order in which they came, one per nexus
 * @param reservation             null when there is none; its holder is registered
 */
public record PersistentReservations(
        int generation,
        boolean throughPowerLoss,
        List<Registration> registrations,
        @Nullable Reservation reservation) {
    /** A disk that nobody has registered with. */
    public static final PersistentReservations EMPTY = new PersistentReservations(0, false, List.of(), null);

    public PersistentReservations {
        registrations = List.copyOf(registrations);
    }
}
