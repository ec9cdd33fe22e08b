package dev.kume.core.scsi;

import dev.kume.core.Clock;
import dev.kume.core.nexus.ITNexus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one nexus has read and written of one logical unit, as it was when somebody looked; also after its session has
 * ended. What counts are commands that the unit has carried out and whose descriptor says that they read or write the
 * medium: no TEST UNIT READY, no reservation, nothing that was refused.
 *
 * @param attached true while a session of the nexus is logged in
 */
public record NexusActivity(ITNexus nexus, boolean attached, Access reads, Access writes) {
    /**
     * One direction. Times are those of the receive batch in which a command ended, a moment early.
     *
     * @param lastNanos   the last one, on the clock that never goes back; {@link #NEVER} when there was none
     * @param sinceNanos  the first one since a pause of five seconds or a change of the reservation
     * @param lookedNanos when somebody looked
     * @param looked      the same, on the wall clock
     */
    public record Access(long lastNanos, long sinceNanos, long lookedNanos, Instant looked) {
        public static final long NEVER = AccessTimes.NEVER;

        public boolean any() {
            return lastNanos != NEVER;
        }

        /** The last one; null when there was none. */
        public @Nullable Instant last() {
            return at(lastNanos);
        }

        /** Where the burst began that the last one belongs to; null when there was none. */
        public @Nullable Instant since() {
            return at(sinceNanos);
        }

        /** How long ago the last one was; null when there was none. */
        public @Nullable Duration ago() {
            return any() ? Duration.ofNanos(lookedNanos - lastNanos) : null;
        }

        private @Nullable Instant at(long nanos) {
            return nanos == NEVER ? null : looked.minusNanos(lookedNanos - nanos);
        }

        private static Access of(AccessTimes times, long lookedNanos, Instant looked) {
            long last = times.lastNanos();
            // The begin may be one of a later burst, which has begun since the line above.
            long since = last == NEVER ? NEVER : Math.min(times.sinceNanos(), last);
            return new Access(last, since, lookedNanos, looked);
        }
    }

    static NexusActivity of(ITLNexus nexus, Clock clock) {
        AccessTimes reads = nexus.reads();
        AccessTimes writes = nexus.writes();
        Instant looked = clock.now();
        long lookedNanos = clock.nanoTime();
        return new NexusActivity(
                nexus.nexus(),
                nexus.attached(),
                Access.of(reads, lookedNanos, looked),
                Access.of(writes, lookedNanos, looked));
    }

    /** The last read or write, in nanoseconds; {@link Access#NEVER} when there was neither. */
    public long lastNanos() {
        return Math.max(reads.lastNanos(), writes.lastNanos());
    }
}
