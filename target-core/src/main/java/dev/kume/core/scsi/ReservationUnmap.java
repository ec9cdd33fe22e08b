package dev.kume.core.scsi;

import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationResult;
import java.time.Instant;
import java.util.List;

/** The unit is mapped to a target no more: registrations of nexuses with that target go, as if they unregistered. */
public final class ReservationUnmap extends ReservationChange {
    private final String targetName;
    private final Instant at;
    private List<Registration> removed = List.of();

    /** @param targetName iSCSI name, normalised */
    public ReservationUnmap(LogicalUnit unit, String targetName, Instant at) {
        super(unit);
        this.targetName = targetName;
        this.at = at;
    }

    @Override
    protected ReservationResult decide(UnitState now) {
        removed = now.reservations().registrations().stream()
                .filter(each -> each.nexus().targetName().equals(targetName))
                .toList();
        return now.reservations().without(nexus -> nexus.targetName().equals(targetName), at);
    }

    @Override
    protected ReservationEvent event(PersistentReservations before, PersistentReservations after) {
        return ReservationEvent.of(at, Cause.UNMAPPED, before, after);
    }

    /** What was removed. When the turn is over. */
    public List<Registration> removed() {
        return removed;
    }
}
