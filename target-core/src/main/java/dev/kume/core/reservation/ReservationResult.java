package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import java.util.List;
import java.util.Set;

/**
 * What a request did.
 *
 * @param verdict    how the command ends
 * @param state      the state afterwards: the same instance where nothing has changed
 * @param attentions unit attentions to raise, in this order
 * @param aborted    nexuses whose commands PREEMPT AND ABORT aborts
 */
public record ReservationResult(
        Verdict verdict, PersistentReservations state, List<Attention> attentions, Set<ITNexus> aborted) {
    /** How a PERSISTENT RESERVE OUT ends. */
    public enum Verdict {
        GOOD,
        /** RESERVATION CONFLICT. */
        CONFLICT,
        /** INVALID RELEASE OF PERSISTENT RESERVATION. */
        INVALID_RELEASE,
        /** INVALID FIELD IN PARAMETER LIST, at the SERVICE ACTION RESERVATION KEY. */
        INVALID_ACTION_KEY,
        /** INVALID FIELD IN PARAMETER LIST: SPEC_I_PT where it may not be. */
        INVALID_SPECIFIED_PORTS,
        /** INVALID FIELD IN CDB: REGISTER AND MOVE, and there is no reservation to move. */
        NOTHING_TO_MOVE,
        /** INVALID FIELD IN PARAMETER LIST: the TransportID or relative target port that REGISTER AND MOVE names. */
        INVALID_DESTINATION,
        /** INSUFFICIENT REGISTRATION RESOURCES. */
        NO_RESOURCES
    }

    /** What a nexus learns of it, SPC-4 5.13. */
    public enum Condition {
        RESERVATIONS_PREEMPTED,
        RESERVATIONS_RELEASED,
        REGISTRATIONS_PREEMPTED
    }

    /** A unit attention of one nexus. */
    public record Attention(ITNexus nexus, Condition condition) {}

    public ReservationResult {
        attentions = List.copyOf(attentions);
        aborted = Set.copyOf(aborted);
    }
}
