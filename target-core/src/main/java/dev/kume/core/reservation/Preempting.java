package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationResult.Condition;
import dev.kume.core.reservation.ReservationResult.Verdict;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** PREEMPT and PREEMPT AND ABORT, SPC-4 5.13.11.4 and 5.13.11.5. */
final class Preempting {
    private Preempting() {}

    static ReservationResult apply(Draft draft, ReservationRequest request) {
        if (!draft.isRegistered(request.from(), request.key())) {
            return draft.refused(Verdict.CONFLICT);
        }
        Reservation held = draft.reservation();
        if (held != null && takesOver(draft, request, held)) {
            return takeOver(draft, request, held);
        }
        if (held != null && request.actionKey() == 0) {
            return draft.refused(Verdict.INVALID_ACTION_KEY);
        }
        // SPC-4 5.13.11.4.4: one's own key may be among them, and one's own registration goes with it.
        List<ITNexus> victims = draft.registeredWith(request.actionKey());
        if (victims.isEmpty()) {
            return draft.refused(Verdict.CONFLICT);
        }
        draft.tell(victims, Condition.REGISTRATIONS_PREEMPTED);
        draft.unregister(victims);
        return draft.counted(aborted(request, victims));
    }

    /** True when the reservation itself is preempted: by its holder's key, or 0 where all registered nexuses hold it. */
    private static boolean takesOver(Draft draft, ReservationRequest request, Reservation held) {
        return held.type().isAllRegistrants()
                ? request.actionKey() == 0
                : draft.isRegistered(held.holder(), request.actionKey());
    }

    private static ReservationResult takeOver(Draft draft, ReservationRequest request, Reservation held) {
        List<ITNexus> victims =
                held.type().isAllRegistrants() ? draft.registered() : draft.registeredWith(request.actionKey());
        victims =
                victims.stream().filter(nexus -> !nexus.equals(request.from())).toList();
        victims.forEach(draft::remove);
        ReservationType type = Objects.requireNonNull(request.type());
        draft.hold(type, request.from());
        draft.tell(victims, Condition.REGISTRATIONS_PREEMPTED);
        if (held.type() != type) {
            draft.tellRegistered(Condition.RESERVATIONS_RELEASED);
        }
        return draft.counted(aborted(request, victims));
    }

    private static Set<ITNexus> aborted(ReservationRequest request, List<ITNexus> victims) {
        if (request.action() != ServiceAction.PREEMPT_AND_ABORT) {
            return Set.of();
        }
        Set<ITNexus> aborted = new LinkedHashSet<>(victims);
        aborted.remove(request.from());
        return aborted;
    }
}
