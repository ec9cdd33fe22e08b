package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationResult.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** REGISTER and REGISTER AND IGNORE EXISTING KEY, SPC-4 5.13.7 with tables 51 and 52. */
final class Registering {
    private Registering() {}

    static ReservationResult apply(Draft draft, ReservationRequest request) {
        boolean ignoresKey = request.action() == ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY;
        Registration own = draft.registrationOf(request.from());
        if (!ignoresKey && request.key() != (own == null ? 0 : own.key())) {
            return draft.refused(Verdict.CONFLICT);
        }
        if (request.specifiesPorts() && (ignoresKey || own != null)) {
            return draft.refused(Verdict.INVALID_SPECIFIED_PORTS);
        }
        if (request.specifiesPorts() && request.actionKey() != 0 && listsRegistered(draft, request)) {
            return draft.refused(Verdict.INVALID_SPECIFIED_PORTS);
        }
        List<ITNexus> concerned = concerned(draft, request, ignoresKey, own);
        if (request.actionKey() == 0) {
            concerned.removeIf(nexus -> draft.registrationOf(nexus) == null);
            if (concerned.isEmpty()) {
                // Table 51: do nothing except return GOOD.
                return draft.unchanged();
            }
            draft.unregister(concerned);
        } else {
            concerned.forEach(nexus -> draft.register(nexus, request.actionKey(), request.allTargetPorts()));
            if (draft.isFull()) {
                return draft.refused(Verdict.NO_RESOURCES);
            }
        }
        draft.throughPowerLoss(request.throughPowerLoss());
        return draft.counted();
    }

    /** True when a nexus of an initiator port that the parameter list names is registered already: table 67, note b. */
    private static boolean listsRegistered(Draft draft, ReservationRequest request) {
        String own = request.from().initiatorPort();
        return request.further().stream()
                .anyMatch(nexus -> draft.registrationOf(nexus) != null
                        && !nexus.initiatorPort().equals(own));
    }

    /**
     * The nexuses that the request is about. ALL_TG_PT works as if it had come through each port, so a nexus whose own
     * registration does not fit the RESERVATION KEY is left as it is.
     */
    private static List<ITNexus> concerned(
            Draft draft, ReservationRequest request, boolean ignoresKey, @Nullable Registration own) {
        List<ITNexus> concerned = new ArrayList<>();
        concerned.add(request.from());
        for (ITNexus nexus : request.further()) {
            Registration there = draft.registrationOf(nexus);
            boolean fits = own == null ? there == null : there != null && there.key() == request.key();
            if (ignoresKey || fits) {
                concerned.add(nexus);
            }
        }
        return concerned;
    }
}
