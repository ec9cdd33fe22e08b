package dev.kume.core.reservation;

import dev.kume.core.reservation.ReservationResult.Condition;
import dev.kume.core.reservation.ReservationResult.Verdict;
import java.util.Objects;

/** RESERVE, RELEASE and CLEAR: SPC-4 5.13.9, 5.13.11.2 and 5.13.11.6. */
final class Reserving {
    private Reserving() {}

    static ReservationResult reserve(Draft draft, ReservationRequest request) {
        if (!draft.isRegistered(request.from(), request.key())) {
            return draft.refused(Verdict.CONFLICT);
        }
        ReservationType type = Objects.requireNonNull(request.type());
        Reservation held = draft.reservation();
        if (held == null) {
            draft.hold(type, request.from());
            return draft.uncounted();
        }
        return isHolder(held, request) && held.type() == type ? draft.unchanged() : draft.refused(Verdict.CONFLICT);
    }

    static ReservationResult release(Draft draft, ReservationRequest request) {
        if (!draft.isRegistered(request.from(), request.key())) {
            return draft.refused(Verdict.CONFLICT);
        }
        Reservation held = draft.reservation();
        if (held == null || !isHolder(held, request)) {
            return draft.unchanged();
        }
        if (held.type() != request.type()) {
            return draft.refused(Verdict.INVALID_RELEASE);
        }
        draft.release();
        if (held.type().isRegistrantsOnly() || held.type().isAllRegistrants()) {
            draft.tellRegistered(Condition.RESERVATIONS_RELEASED);
        }
        return draft.uncounted();
    }

    static ReservationResult clear(Draft draft, ReservationRequest request) {
        return draft.isRegistered(request.from(), request.key()) ? clear(draft) : draft.refused(Verdict.CONFLICT);
    }

    /** Whoever asks has the right to. */
    static ReservationResult clear(Draft draft) {
        draft.tellRegistered(Condition.RESERVATIONS_PREEMPTED);
        draft.release();
        draft.registered().forEach(draft::remove);
        return draft.counted();
    }

    /** Of a nexus that is known to be registered. */
    private static boolean isHolder(Reservation held, ReservationRequest request) {
        return held.type().isAllRegistrants() || held.holder().equals(request.from());
    }
}
