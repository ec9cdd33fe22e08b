package dev.kume.core.scsi;

import dev.kume.core.reservation.Reservation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When one nexus has read, or written, one logical unit. Written by the loop that its session is on; read by any
 * thread, which may see a moment late what was written, and never half of it.
 */
final class AccessTimes {
    /** The time of what has not happened. */
    static final long NEVER = Long.MIN_VALUE;

    /** After a longer pause a new burst begins. */
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final VarHandle LAST = field("last");
    private static final VarHandle SINCE = field("since");

    // Opaque stores, one for a batch: no fence, and no cache line that is written for each command.
    @SuppressWarnings("UnusedVariable") // By its handle.
    private long last = NEVER;

    @SuppressWarnings("UnusedVariable") // By its handle.
    private long since = NEVER;

    /** The reservation that the burst is under. Loop only. */
    private @Nullable Reservation under;

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(AccessTimes.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * It has been carried out. A pause ends a burst, and so does a change of the reservation: the first access of a new
     * owner is one that can be told from those before.
     */
    @SuppressWarnings("ReferenceEquality") // A reservation that stays is the same instance.
    void note(long nowNanos, @Nullable Reservation reservation) {
        long before = last;
        boolean goesOn = before != NEVER && nowNanos - before <= PAUSE_NANOS && reservation == under;
        if (!goesOn) {
            under = reservation;
            SINCE.setOpaque(this, nowNanos);
        } else if (before == nowNanos) {
            return;
        }
        LAST.setOpaque(this, nowNanos);
    }

    long lastNanos() {
        return (long) LAST.getOpaque(this);
    }

    long sinceNanos() {
        return (long) SINCE.getOpaque(this);
    }
}
