package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationResult.Verdict;

/** REGISTER AND MOVE, SPC-4 5.13.8. */
final class Moving {
    private Moving() {}

    static ReservationResult apply(Draft draft, ReservationRequest request) {
        Reservation held = draft.reservation();
        if (!draft.isRegistered(request.from(), request.key())) {
            return draft.refused(Verdict.CONFLICT);
        }
        if (held == null) {
            return draft.refused(Verdict.NOTHING_TO_MOVE);
        }
        if (held.type().isAllRegistrants() || !held.holder().equals(request.from())) {
            return draft.refused(Verdict.CONFLICT);
        }
        if (request.actionKey() == 0) {
            return draft.refused(Verdict.INVALID_ACTION_KEY);
        }
        ITNexus to = request.moveTo();
        if (to == null || to.initiatorPort().equals(request.from().initiatorPort())) {
            return draft.refused(Verdict.INVALID_DESTINATION);
        }
        draft.register(to, request.actionKey(), false);
        draft.hold(held.type(), to);
        if (request.unregister()) {
            draft.remove(request.from());
        }
        if (draft.isFull()) {
            return draft.refused(Verdict.NO_RESOURCES);
        }
        draft.throughPowerLoss(request.throughPowerLoss());
        return draft.counted();
    }
}
