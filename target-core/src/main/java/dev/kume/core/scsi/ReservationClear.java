package dev.kume.core.scsi;

import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationResult;
import java.time.Instant;

/** An administrator removes all registrations and the reservation of a unit; every nexus that had one is told. */
public final class ReservationClear extends ReservationChange {
    private final Instant at;

    public ReservationClear(LogicalUnit unit, Instant at) {
        super(unit);
        this.at = at;
    }

    @Override
    protected ReservationResult decide(UnitState now) {
        return now.reservations().cleared(at);
    }

    @Override
    protected ReservationEvent event(PersistentReservations before, PersistentReservations after) {
        return ReservationEvent.of(at, Cause.CLEARED, before, after);
    }
}
