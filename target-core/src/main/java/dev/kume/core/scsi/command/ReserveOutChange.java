package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationRequest;
import dev.kume.core.reservation.ReservationResult;
import dev.kume.core.reservation.ReservationResult.Verdict;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.ReservationChange;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A PERSISTENT RESERVE OUT on its way through the unit's mailbox. */
final class ReserveOutChange extends ReservationChange {
    private static final int SERVICE_ACTION = 1;
    private static final int SERVICE_ACTION_BIT = 4;
    private static final int ACTION_KEY = 8;
    private static final int FLAGS = 20;
    private static final int SPECIFIED_PORTS_BIT = 3;

    private final ReservationRequest request;
    private final @Nullable Sense flaw;
    private final int registrationsMax;
    private boolean flawed;

    /** @param flaw what is wrong with the nexuses that the request names; told when nothing goes before */
    ReserveOutChange(LogicalUnit unit, ReservationRequest request, @Nullable Sense flaw, int registrationsMax) {
        super(unit);
        this.request = request;
        this.flaw = flaw;
        this.registrationsMax = registrationsMax;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The same instance is how the state machine says that nothing changes.
    protected ReservationResult decide(UnitState now) {
        PersistentReservations before = now.reservations();
        if (now.reservedBy() != null) {
            return refused(before, Verdict.CONFLICT);
        }
        ReservationResult result = before.apply(whole(before), registrationsMax);
        boolean aboutPorts = result.verdict() == Verdict.INVALID_DESTINATION || result.state() != before;
        if (flaw != null && aboutPorts) {
            flawed = true;
            return refused(before, Verdict.INVALID_DESTINATION);
        }
        return result;
    }

    private static ReservationResult refused(PersistentReservations before, Verdict verdict) {
        return new ReservationResult(verdict, before, List.of(), Set.of());
    }

    /** ALL_TG_PT reaches what the initiator port has registered, too, through ports that are not published any more. */
    private ReservationRequest whole(PersistentReservations now) {
        if (!request.allTargetPorts()) {
            return request;
        }
        ITNexus from = request.from();
        Set<ITNexus> further = new LinkedHashSet<>(request.further());
        for (Registration each : now.registrations()) {
            ITNexus nexus = each.nexus();
            if (nexus.isid() == from.isid() && nexus.initiatorName().equals(from.initiatorName())) {
                further.add(nexus);
            }
        }
        further.remove(from);
        return new ReservationRequest(
                request.action(),
                from,
                request.key(),
                request.actionKey(),
                request.type(),
                List.copyOf(further),
                request.specifiesPorts(),
                true,
                request.throughPowerLoss(),
                request.moveTo(),
                request.unregister(),
                request.at());
    }

    @Override
    protected ReservationEvent event(PersistentReservations before, PersistentReservations after) {
        return ReservationEvent.of(request, before, after);
    }

    @Override
    public void ended(Task task) {
        if (failure() != null) {
            task.terminate(Sense.INTERNAL_TARGET_FAILURE);
            return;
        }
        switch (result().verdict()) {
            case GOOD -> task.good();
            case CONFLICT -> task.terminate(ScsiStatus.RESERVATION_CONFLICT);
            case INVALID_RELEASE -> task.terminate(Sense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
            case INVALID_ACTION_KEY ->
                task.terminate(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(ACTION_KEY, -1));
            case INVALID_SPECIFIED_PORTS ->
                task.terminate(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(FLAGS, SPECIFIED_PORTS_BIT));
            case NOTHING_TO_MOVE ->
                task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(SERVICE_ACTION, SERVICE_ACTION_BIT));
            case INVALID_DESTINATION -> task.terminate(invalidDestination());
            case NO_RESOURCES -> task.terminate(Sense.INSUFFICIENT_REGISTRATION_RESOURCES);
        }
    }

    private Sense invalidDestination() {
        // A destination that is there, and that the state machine refuses, is the sender itself.
        return flawed && flaw != null ? flaw : Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(24, -1);
    }
}
