package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PERSISTENT RESERVE OUT whose form has been checked, SPC-4 6.16.
 *
 * @param action           SERVICE ACTION
 * @param from             the nexus that it came through
 * @param key              RESERVATION KEY
 * @param actionKey        SERVICE ACTION RESERVATION KEY
 * @param type             TYPE; null where the service action ignores it
 * @param further          nexuses to be registered, or unregistered, together with {@code from}: by SPEC_I_PT or
 *                         ALL_TG_PT; without {@code from} itself
 * @param specifiesPorts   SPEC_I_PT
 * @param allTargetPorts   ALL_TG_PT
 * @param throughPowerLoss APTPL
 * @param moveTo           where REGISTER AND MOVE moves the reservation to, else null
 * @param unregister       UNREG of REGISTER AND MOVE
 * @param at               when it came
 */
public record ReservationRequest(
        ServiceAction action,
        ITNexus from,
        long key,
        long actionKey,
        @Nullable ReservationType type,
        List<ITNexus> further,
        boolean specifiesPorts,
        boolean allTargetPorts,
        boolean throughPowerLoss,
        @Nullable ITNexus moveTo,
        boolean unregister,
        Instant at) {
    public ReservationRequest {
        further = List.copyOf(further);
    }

    /** A request without the rare fields. */
    public static ReservationRequest of(
            ServiceAction action,
            ITNexus from,
            long key,
            long actionKey,
            @Nullable ReservationType type,
            boolean throughPowerLoss,
            Instant at) {
        return new ReservationRequest(
                action, from, key, actionKey, type, List.of(), false, false, throughPowerLoss, null, false, at);
    }
}
