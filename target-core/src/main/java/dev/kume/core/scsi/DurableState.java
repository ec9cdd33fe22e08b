package dev.kume.core.scsi;

import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationHistory;

/**
 * What of a unit's state outlives the daemon; see {@link UnitMemory}.
 *
 * @param reservations persistent reservations
 * @param savedModes   mode pages as saved: what a reset goes back to
 * @param history      the last changes of the reservations
 */
public record DurableState(PersistentReservations reservations, ModeState savedModes, ReservationHistory history) {
    /** A disk that has never been used. */
    public static final DurableState INITIAL =
            new DurableState(PersistentReservations.EMPTY, ModeState.DEFAULT, ReservationHistory.EMPTY);

    /**
     * What stands in the place of a state that is lost: nobody may believe it, and no command is carried out on it.
     */
    public static final DurableState LOST =
            new DurableState(PersistentReservations.EMPTY, ModeState.DEFAULT, ReservationHistory.EMPTY);

    /** True for the one value that says that nothing is known. */
    @SuppressWarnings("ReferenceEquality") // It differs from INITIAL by nothing else.
    public boolean isLost() {
        return this == LOST;
    }

    public DurableState withReservations(PersistentReservations changed) {
        return new DurableState(changed, savedModes, history);
    }

    /** Other reservations, and why they are others. */
    public DurableState withReservations(PersistentReservations changed, ReservationEvent event) {
        return new DurableState(changed, savedModes, history.with(event));
    }

    public DurableState withSavedModes(ModeState changed) {
        return new DurableState(reservations, changed, history);
    }
}
