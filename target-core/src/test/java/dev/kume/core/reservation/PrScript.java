package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationResult.Attention;
import dev.kume.core.reservation.ReservationResult.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A disk's reservations and some nexuses that ask for things, for tests that read like tables 5.3 and 5.4. */
final class PrScript {
    static final ITNexus N1 = nexus(1, "a");
    static final ITNexus N2 = nexus(2, "b");
    static final ITNexus N3 = nexus(3, "a");
    static final ITNexus N1_ON_B = new ITNexus(N1.initiatorName(), N1.isid(), N2.targetName(), 1);
    static final long K1 = 0x1111L;
    static final long K2 = 0x2222L;
    static final long K3 = 0x3333L;

    private PersistentReservations state = PersistentReservations.EMPTY;
    private @Nullable ReservationResult last;
    private int registrationsMax = 1024;
    private long second;

    static ITNexus nexus(int number, String target) {
        return new ITNexus(
                "iqn.2026-11.example:node" + number, 0x4000_0137_0000L + number, "iqn.2026-11.example:" + target, 1);
    }

    PrScript registrationsMax(int max) {
        registrationsMax = max;
        return this;
    }

    PersistentReservations state() {
        return state;
    }

    ReservationResult last() {
        return Objects.requireNonNull(last);
    }

    Verdict does(ReservationRequest request) {
        PersistentReservations before = state;
        ReservationResult result = before.apply(request, registrationsMax);
        if (result.verdict() != Verdict.GOOD) {
            assertSame(before, result.state());
            assertTrue(result.attentions().isEmpty());
            assertTrue(result.aborted().isEmpty());
        }
        last = result;
        state = result.state();
        return result.verdict();
    }

    Verdict does(ServiceAction action, ITNexus from, long key, long actionKey, @Nullable ReservationType type) {
        return does(ReservationRequest.of(action, from, key, actionKey, type, false, now()));
    }

    Verdict register(ITNexus from, long key, long actionKey) {
        return does(ServiceAction.REGISTER, from, key, actionKey, null);
    }

    Verdict ignore(ITNexus from, long actionKey) {
        return does(ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY, from, 0xBAD, actionKey, null);
    }

    Verdict reserve(ITNexus from, long key, ReservationType type) {
        return does(ServiceAction.RESERVE, from, key, 0, type);
    }

    Verdict release(ITNexus from, long key, ReservationType type) {
        return does(ServiceAction.RELEASE, from, key, 0, type);
    }

    Verdict clear(ITNexus from, long key) {
        return does(ServiceAction.CLEAR, from, key, 0, null);
    }

    Verdict preempt(ITNexus from, long key, long actionKey, ReservationType type) {
        return does(ServiceAction.PREEMPT, from, key, actionKey, type);
    }

    /** A REGISTER with further nexuses, by SPEC_I_PT or ALL_TG_PT. */
    Verdict register(ServiceAction action, ITNexus from, long key, long actionKey, boolean specified, ITNexus... more) {
        return does(new ReservationRequest(
                action, from, key, actionKey, null, List.of(more), specified, !specified, false, null, false, now()));
    }

    Verdict move(ITNexus from, long key, long actionKey, @Nullable ITNexus to, boolean unregister) {
        return does(new ReservationRequest(
                ServiceAction.REGISTER_AND_MOVE,
                from,
                key,
                actionKey,
                null,
                List.of(),
                false,
                false,
                false,
                to,
                unregister,
                now()));
    }

    /** What READ KEYS would list. */
    List<Long> keys() {
        return state.registrations().stream().map(Registration::key).toList();
    }

    @Nullable
    ITNexus holder() {
        Reservation held = state.reservation();
        return held == null ? null : held.holder();
    }

    @Nullable
    ReservationType type() {
        Reservation held = state.reservation();
        return held == null ? null : held.type();
    }

    /** The attentions of the last request are these and no others, in this order. */
    void told(Attention... attentions) {
        assertEquals(new ArrayList<>(Arrays.asList(attentions)), last().attentions());
    }

    Instant now() {
        return Instant.ofEpochSecond(1_000 + second++);
    }
}
