package dev.kume.cli.journal;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One thing that has happened to a cluster, by the names of the wire: what nodes and disks are called may change. */
public sealed interface JournalEvent {
    /** When it happened. */
    Instant at();

    /** The daemon has begun; no session is left of before. */
    record Started(Instant at, String version) implements JournalEvent {}

    /** The daemon ends in order. */
    record Stopped(Instant at) implements JournalEvent {}

    /**
     * A session has begun.
     *
     * @param session number of the session, unique while the daemon runs
     * @param address where the initiator is
     * @param portal  where it came in
     */
    record SessionBegan(Instant at, long session, ITNexus nexus, String address, String portal)
            implements JournalEvent {}

    /**
     * A session has ended.
     *
     * @param heard when the last PDU of the initiator came
     * @param why   for people
     */
    record SessionEnded(Instant at, long session, ITNexus nexus, String address, Instant heard, String why)
            implements JournalEvent {}

    /**
     * Registrations or the reservation of a disk have changed.
     *
     * @param disk         its uuid
     * @param by           the nexus that asked; null for an administrator and for what nobody asked for
     * @param key          RESERVATION KEY, 0 where there is none
     * @param actionKey    SERVICE ACTION RESERVATION KEY, 0 where there is none
     * @param type         the type of the reservation afterwards; null when there is none
     * @param holder       who holds the disk afterwards; null when nobody does
     * @param removed      whose registrations went, the first of them
     * @param removedCount how many went in all
     */
    record ReservationChanged(
            Instant at,
            UUID disk,
            @Nullable ITNexus by,
            Cause cause,
            long key,
            long actionKey,
            @Nullable ReservationType type,
            @Nullable ITNexus holder,
            List<ITNexus> removed,
            int removedCount)
            implements JournalEvent {
        public ReservationChanged {
            removed = List.copyOf(removed);
        }

        /** What a unit remembers of a change of its disk. */
        static ReservationChanged of(UUID disk, ReservationEvent event, @Nullable ITNexus holder) {
            return new ReservationChanged(
                    event.at(),
                    disk,
                    event.by(),
                    event.cause(),
                    event.key(),
                    event.actionKey(),
                    event.type(),
                    holder,
                    event.removed().stream().map(Registration::nexus).toList(),
                    event.removedCount());
        }
    }

    /**
     * What a nexus had read and written of a disk when somebody looked.
     *
     * @param read  the last read; null when there was none
     * @param write the last write; null when there was none
     */
    record LastAccess(
            Instant at,
            UUID disk,
            ITNexus nexus,
            @Nullable Instant read,
            @Nullable Instant write) implements JournalEvent {}

    /** A nexus has read or written a disk for the first time since its owner changed. */
    record FirstAccess(Instant at, UUID disk, ITNexus nexus, boolean write) implements JournalEvent {}

    /**
     * When a nexus that had a session gave its last sign of life, as it was when somebody looked.
     *
     * @param heard when the last PDU of the initiator came
     */
    record Heard(Instant at, ITNexus nexus, Instant heard) implements JournalEvent {}

    /**
     * So much happened so quickly that it was not written down.
     *
     * @param what  the initiator name, or the uuid of the disk, that it was about; {@link #ALL} when that is not known
     * @param count how many events
     */
    record LeftOut(Instant at, String what, long count) implements JournalEvent {
        public static final String ALL = "all clusters";

        /** True when it may be about any cluster. */
        public boolean ofAll() {
            return what.equals(ALL);
        }
    }
}
