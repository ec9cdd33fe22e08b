package dev.kume.core.scsi;

import dev.kume.core.reservation.PersistentReservations;

/**
 * What of a unit's state outlives the daemon; see {@link UnitMemory}.
 *
 * @param reservations persistent reservations
 * @param savedModes   mode pages as saved: what a reset goes back to
 */
public record DurableState(PersistentReservations reservations, ModeState savedModes) {
    /** A disk that has never been used. */
    public static final DurableState INITIAL = new DurableState(PersistentReservations.EMPTY, ModeState.DEFAULT);

    public DurableState withReservations(PersistentReservations changed) {
        return new DurableState(changed, savedModes);
    }

    public DurableState withSavedModes(ModeState changed) {
        return new DurableState(reservations, changed);
    }
}
