package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Registrations and reservation of one disk, SPC-4 5.13: one immutable value however many targets map the disk, and a
 * pure state machine. Nothing here knows a clock, a thread or a file.
 */
public final class PersistentReservations {
    /** What a command wants of the medium, or of what else a reservation guards: the columns of SPC-4 table 66. */
    public enum Access {
        READ,
        WRITE
    }

    /** A disk that nobody has registered with. */
    public static final PersistentReservations EMPTY = new PersistentReservations(0, false, List.of(), null);

    private final int generation;
    private final boolean throughPowerLoss;
    private final List<Registration> registrations;
    private final @Nullable Reservation reservation;

    /** The same registrations, for commands that ask about one nexus. Never changed. */
    private final Map<ITNexus, Registration> byNexus;

    /**
     * @param generation       PRGENERATION
     * @param throughPowerLoss APTPL of the last REGISTER: all this outlives the power of the host
     * @param registrations    in the order in which they came, one per nexus
     * @param reservation      null when there is none; its holder is registered
     * @throws IllegalArgumentException when a nexus is registered twice, or the holder is not
     */
    public PersistentReservations(
            int generation,
            boolean throughPowerLoss,
            List<Registration> registrations,
            @Nullable Reservation reservation) {
        this.generation = generation;
        this.throughPowerLoss = throughPowerLoss;
        this.registrations = List.copyOf(registrations);
        this.reservation = reservation;
        this.byNexus = HashMap.newHashMap(registrations.size());
        for (Registration each : this.registrations) {
            if (byNexus.put(each.nexus(), each) != null) {
                throw new IllegalArgumentException(each.nexus() + " is registered twice");
            }
        }
        if (reservation != null && !byNexus.containsKey(reservation.holder())) {
            throw new IllegalArgumentException(reservation.holder() + " holds the reservation and is not registered");
        }
    }

    /** PRGENERATION, SPC-4 5.13.4: a number without sign. */
    public int generation() {
        return generation;
    }

    /** APTPL of the last REGISTER. */
    public boolean throughPowerLoss() {
        return throughPowerLoss;
    }

    /** All registrations, in the order in which they came. */
    public List<Registration> registrations() {
        return registrations;
    }

    public @Nullable Reservation reservation() {
        return reservation;
    }

    /** The registration of a nexus, or null when it has none. Allocates nothing. */
    public @Nullable Registration registrationOf(ITNexus nexus) {
        return byNexus.get(nexus);
    }

    /** True when the nexus holds the reservation: of an all-registrants type every registered nexus does. */
    public boolean isHolder(ITNexus nexus) {
        Reservation held = reservation;
        if (held == null) {
            return false;
        }
        return held.type().isAllRegistrants()
                ? byNexus.containsKey(nexus)
                : held.holder().equals(nexus);
    }

    /** True when no reservation keeps the nexus from this access, SPC-4 table 66. On the data path: no allocation. */
    public boolean allows(ITNexus nexus, Access access) {
        Reservation held = reservation;
        return held == null
                || (access == Access.READ && !held.type().isExclusiveAccess())
                || hasFullAccess(held.type(), nexus);
    }

    private boolean hasFullAccess(ReservationType type, ITNexus nexus) {
        return type.isRegistrantsOnly() ? byNexus.containsKey(nexus) : isHolder(nexus);
    }

    /**
     * Carries out a PERSISTENT RESERVE OUT, SPC-4 5.13.5 to 5.13.11.
     *
     * @param registrationsMax more registrations than this are refused
     */
    public ReservationResult apply(ReservationRequest request, int registrationsMax) {
        Draft draft = new Draft(this, request.from(), request.at(), registrationsMax);
        return switch (request.action()) {
            case REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY -> Registering.apply(draft, request);
            case RESERVE -> Reserving.reserve(draft, request);
            case RELEASE -> Reserving.release(draft, request);
            case CLEAR -> Reserving.clear(draft, request);
            case PREEMPT, PREEMPT_AND_ABORT -> Preempting.apply(draft, request);
            case REGISTER_AND_MOVE -> Moving.apply(draft, request);
        };
    }

    /** An administrator removes all registrations and the reservation: as CLEAR does, and every nexus is told. */
    public ReservationResult cleared(Instant at) {
        Draft draft = new Draft(this, null, at, Integer.MAX_VALUE);
        return registrations.isEmpty() ? draft.unchanged() : Reserving.clear(draft);
    }

    /**
     * An administrator removes some nexuses' registrations, as if those nexuses had unregistered. Holders lose the
     * reservation by the same rules, and those that stay are told.
     */
    public ReservationResult without(Predicate<ITNexus> nexuses, Instant at) {
        Draft draft = new Draft(this, null, at, Integer.MAX_VALUE);
        List<ITNexus> leaving =
                registrations.stream().map(Registration::nexus).filter(nexuses).toList();
        if (leaving.isEmpty()) {
            return draft.unchanged();
        }
        draft.unregister(leaving);
        return draft.counted();
    }

    /**
     * What is left after the power was off: all of it or nothing (SPC-4 5.13.5). PRGENERATION starts again whatever
     * APTPL was (6.15.2).
     */
    public PersistentReservations afterPowerLoss() {
        return throughPowerLoss ? new PersistentReservations(0, true, registrations, reservation) : EMPTY;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PersistentReservations that
                && generation == that.generation
                && throughPowerLoss == that.throughPowerLoss
                && registrations.equals(that.registrations)
                && Objects.equals(reservation, that.reservation);
    }

    @Override
    public int hashCode() {
        return Objects.hash(generation, throughPowerLoss, registrations, reservation);
    }

    @Override
    public String toString() {
        return "generation %d, APTPL %s, %s, %s"
                .formatted(generation, throughPowerLoss ? 1 : 0, registrations, reservation);
    }
}
