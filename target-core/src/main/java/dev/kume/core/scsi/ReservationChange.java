package dev.kume.core.scsi;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationResult;
import dev.kume.core.reservation.ReservationResult.Attention;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of a unit's persistent reservations, whoever asks for it: durable, told to whom it concerns, and fenced.
 * Made for one turn.
 */
public abstract class ReservationChange implements UnitChange {
    private final LogicalUnit unit;

    // Written in the turn, read when it is over.
    private @Nullable ReservationResult result;
    private @Nullable IOException failure;

    protected ReservationChange(LogicalUnit unit) {
        this.unit = unit;
    }

    /** What becomes of the reservations. In the turn. */
    protected abstract ReservationResult decide(UnitState now);

    /** What the history says of a change. In the turn, after {@link #decide}. */
    protected abstract ReservationEvent event(PersistentReservations before, PersistentReservations after);

    /** What was decided. When the turn is over. */
    public final ReservationResult result() {
        return Objects.requireNonNull(result, "before its turn");
    }

    /** Why the change could not be made durable, so that nothing has changed; null when it is made. */
    public final @Nullable IOException failure() {
        return failure;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The same instance is how the state machine says that nothing changes.
    public final UnitState apply(UnitState now) {
        PersistentReservations before = now.reservations();
        ReservationResult decided = decide(now);
        result = decided;
        if (decided.state() == before) {
            return now;
        }
        return now.withDurable(now.durable().withReservations(decided.state(), event(before, decided.state())));
    }

    @Override
    public final boolean isDurable() {
        return true;
    }

    @Override
    public final void notSaved(IOException because) {
        failure = because;
    }

    @Override
    public final void published(UnitState before, UnitState after) {
        PersistentReservations now = after.reservations();
        unit.events().reservationChanged(now.registrations().size(), now.reservation() != null);
        for (Attention attention : result().attentions()) {
            unit.raise(senseOf(attention), attention.nexus());
        }
    }

    private static Sense senseOf(Attention attention) {
        return switch (attention.condition()) {
            case RESERVATIONS_PREEMPTED -> Sense.RESERVATIONS_PREEMPTED;
            case RESERVATIONS_RELEASED -> Sense.RESERVATIONS_RELEASED;
            case REGISTRATIONS_PREEMPTED -> Sense.REGISTRATIONS_PREEMPTED;
        };
    }

    @Override
    public final @Nullable Coverage fenced(UnitState before, UnitState after) {
        return Conflicts.fence(after, result().aborted());
    }

    @Override
    public final Set<ITNexus> aborted() {
        return result().aborted();
    }

    /** An administrator's change has no task. */
    @Override
    public void ended(Task task) {
        throw new IllegalStateException("asked for by no command");
    }
}
