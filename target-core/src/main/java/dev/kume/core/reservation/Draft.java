package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationResult.Attention;
import dev.kume.core.reservation.ReservationResult.Condition;
import dev.kume.core.reservation.ReservationResult.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state after a request, while it is being worked out. Lives in one call. */
final class Draft {
    private final PersistentReservations before;
    private final @Nullable ITNexus from;
    private final Instant at;
    private final int registrationsMax;
    private final Map<ITNexus, Registration> registrations = new LinkedHashMap<>();
    private final List<Attention> attentions = new ArrayList<>();
    private @Nullable Reservation reservation;
    private boolean throughPowerLoss;

    /** @param from who asks, and is told nothing; null for an administrator */
    Draft(PersistentReservations before, @Nullable ITNexus from, Instant at, int registrationsMax) {
        this.before = before;
        this.from = from;
        this.at = at;
        this.registrationsMax = registrationsMax;
        this.reservation = before.reservation();
        this.throughPowerLoss = before.throughPowerLoss();
        before.registrations().forEach(each -> registrations.put(each.nexus(), each));
    }

    @Nullable
    Reservation reservation() {
        return reservation;
    }

    @Nullable
    Registration registrationOf(ITNexus nexus) {
        return registrations.get(nexus);
    }

    /** True when the nexus is registered with this key. */
    boolean isRegistered(ITNexus nexus, long key) {
        Registration there = registrations.get(nexus);
        return there != null && there.key() == key;
    }

    /** The nexuses that are registered with this key. */
    List<ITNexus> registeredWith(long key) {
        return registrations.values().stream()
                .filter(each -> each.key() == key)
                .map(Registration::nexus)
                .toList();
    }

    /** Every registered nexus. */
    List<ITNexus> registered() {
        return List.copyOf(registrations.keySet());
    }

    boolean isFull() {
        return registrations.size() > registrationsMax;
    }

    void throughPowerLoss(boolean value) {
        throughPowerLoss = value;
    }

    /** Registers a nexus, or gives the one that is registered another key. */
    void register(ITNexus nexus, long key, boolean allTargetPorts) {
        Registration there = registrations.get(nexus);
        registrations.put(nexus, new Registration(nexus, key, allTargetPorts, there == null ? at : there.since()));
    }

    /** Removes a registration and nothing else: the caller looks after the reservation. */
    void remove(ITNexus nexus) {
        registrations.remove(nexus);
    }

    /** Removes registrations, with the reservation where its last holder leaves: SPC-4 5.13.11.2.2. */
    void unregister(Collection<ITNexus> leaving) {
        leaving.forEach(registrations::remove);
        Reservation held = reservation;
        if (held == null || registrations.containsKey(held.holder())) {
            return;
        }
        if (held.type().isAllRegistrants() && !registrations.isEmpty()) {
            hold(held.type(), registrations.keySet().iterator().next(), held.since());
            return;
        }
        reservation = null;
        if (held.type().isRegistrantsOnly()) {
            tellRegistered(Condition.RESERVATIONS_RELEASED);
        }
    }

    /** The nexus holds the reservation from now on; what it held already it goes on holding. */
    void hold(ReservationType type, ITNexus holder) {
        Reservation held = reservation;
        boolean same = held != null && held.type() == type && held.holder().equals(holder);
        if (!same) {
            hold(type, holder, at);
        }
    }

    private void hold(ReservationType type, ITNexus holder, Instant since) {
        reservation = new Reservation(type, holder, since);
    }

    void release() {
        reservation = null;
    }

    /** A unit attention for every registered nexus but the one that asks. */
    void tellRegistered(Condition condition) {
        tell(registrations.keySet(), condition);
    }

    /** A unit attention for these nexuses, but the one that asks. */
    void tell(Collection<ITNexus> nexuses, Condition condition) {
        for (ITNexus nexus : nexuses) {
            if (!nexus.equals(from)) {
                attentions.add(new Attention(nexus, condition));
            }
        }
    }

    /** Nothing of the draft comes true. */
    ReservationResult refused(Verdict verdict) {
        return new ReservationResult(verdict, before, List.of(), Set.of());
    }

    /** GOOD, and nothing changes. */
    ReservationResult unchanged() {
        return refused(Verdict.GOOD);
    }

    /** GOOD, and PRGENERATION counts on. */
    ReservationResult counted() {
        return counted(Set.of());
    }

    /** @param aborted nexuses whose commands end */
    ReservationResult counted(Set<ITNexus> aborted) {
        return new ReservationResult(Verdict.GOOD, state(before.generation() + 1), attentions, aborted);
    }

    /** GOOD, and PRGENERATION stays: RESERVE and RELEASE. */
    ReservationResult uncounted() {
        return new ReservationResult(Verdict.GOOD, state(before.generation()), attentions, Set.of());
    }

    private PersistentReservations state(int generation) {
        return new PersistentReservations(
                generation, throughPowerLoss, List.copyOf(registrations.values()), reservation);
    }
}
