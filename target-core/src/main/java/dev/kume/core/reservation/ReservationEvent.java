package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change of a disk's registrations or reservation, for people who ask who did it.
 *
 * @param at           when
 * @param by           the nexus that asked; null for an administrator and for what nobody asked for
 * @param cause        what was asked
 * @param key          RESERVATION KEY, 0 where there is none
 * @param actionKey    SERVICE ACTION RESERVATION KEY, 0 where there is none
 * @param type         the type of the reservation afterwards; null when there is none
 * @param generation   PRGENERATION afterwards
 * @param removed      registrations that went with it: the first {@value #REMOVED_MAX} of them
 * @param removedCount how many went in all
 */
public record ReservationEvent(
        Instant at,
        @Nullable ITNexus by,
        Cause cause,
        long key,
        long actionKey,
        @Nullable ReservationType type,
        int generation,
        List<Registration> removed,
        int removedCount) {
    /** More removed registrations than this are counted and not named. */
    public static final int REMOVED_MAX = 8;

    /** Why the state changed. Written down by its ordinal: new ones go to the end. */
    public enum Cause {
        REGISTER,
        RESERVE,
        RELEASE,
        CLEAR,
        PREEMPT,
        PREEMPT_AND_ABORT,
        REGISTER_AND_IGNORE_EXISTING_KEY,
        REGISTER_AND_MOVE,
        /** An administrator removed all registrations. */
        CLEARED,
        /** The disk was unmapped from the targets that the removed registrations came through. */
        UNMAPPED,
        /** The host was started anew after a REGISTER with APTPL 0. */
        POWER_LOST
    }

    public ReservationEvent {
        removed = List.copyOf(removed);
    }

    /** What a request has done. */
    public static ReservationEvent of(
            ReservationRequest request, PersistentReservations before, PersistentReservations after) {
        Cause cause = Cause.values()[request.action().ordinal()];
        return of(request.at(), request.from(), cause, request.key(), request.actionKey(), before, after);
    }

    /** What was done without a request. */
    public static ReservationEvent of(
            Instant at, Cause cause, PersistentReservations before, PersistentReservations after) {
        return of(at, null, cause, 0, 0, before, after);
    }

    private static ReservationEvent of(
            Instant at,
            @Nullable ITNexus by,
            Cause cause,
            long key,
            long actionKey,
            PersistentReservations before,
            PersistentReservations after) {
        Set<ITNexus> left = new HashSet<>();
        after.registrations().forEach(each -> left.add(each.nexus()));
        List<Registration> gone = before.registrations().stream()
                .filter(each -> !left.contains(each.nexus()))
                .toList();
        Reservation held = after.reservation();
        return new ReservationEvent(
                at,
                by,
                cause,
                key,
                actionKey,
                held == null ? null : held.type(),
                after.generation(),
                gone.subList(0, Math.min(REMOVED_MAX, gone.size())),
                gone.size());
    }
}
