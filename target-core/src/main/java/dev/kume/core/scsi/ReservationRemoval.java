package dev.kume.core.scsi;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationResult;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Some registrations go without a request of their nexuses, as if those had unregistered. */
public final class ReservationRemoval extends ReservationChange {
    private final Predicate<ITNexus> leaving;
    private final Cause cause;
    private final Instant at;
    private List<Registration> removed = List.of();

    private ReservationRemoval(LogicalUnit unit, Predicate<ITNexus> leaving, Cause cause, Instant at) {
        super(unit);
        this.leaving = leaving;
        this.cause = cause;
        this.at = at;
    }

    /**
     * The unit is mapped to a target no more: registrations through that target go.
     *
     * @param targetName iSCSI name, normalised
     */
    public static ReservationRemoval ofTarget(LogicalUnit unit, String targetName, Instant at) {
        return new ReservationRemoval(unit, nexus -> nexus.targetName().equals(targetName), Cause.UNMAPPED, at);
    }

    /** An administrator removes the registration of one nexus, such as one that a node has left behind. */
    public static ReservationRemoval ofNexus(LogicalUnit unit, ITNexus nexus, Instant at) {
        return new ReservationRemoval(unit, nexus::equals, Cause.REMOVED, at);
    }

    @Override
    protected ReservationResult decide(UnitState now) {
        removed = now.reservations().registrations().stream()
                .filter(each -> leaving.test(each.nexus()))
                .toList();
        return now.reservations().without(leaving, at);
    }

    @Override
    protected ReservationEvent event(PersistentReservations before, PersistentReservations after) {
        return ReservationEvent.of(at, cause, before, after);
    }

    /** What was removed. When the turn is over. */
    public List<Registration> removed() {
        return removed;
    }
}
