package dev.kume.core.disk;

import dev.kume.core.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who is inside of which range of a disk: many that share it, or one that has it for itself. Any thread.
 *
 * <p>Event loops never wait: they count themselves in, look whether their range is closed, and turn away if it is. That
 * is one uncontended atomic operation on the way in and one on the way out. Disk threads wait for each other, in order
 * of arrival and only where ranges overlap. Whoever wants a range for itself closes it, waits for the disk threads in
 * it, and sees every loop outside once.
 */
final class RangeGate {
    /** No turn came in time. */
    static final long NO_TICKET = -1;

    private static final int SLOTS = 32;
    /** Slots of different loops stand in different cache lines, those that are fetched in pairs included. */
    private static final int SLOT_LONGS = 16;

    private static final VarHandle INSIDE = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SPINS = 200;
    private static final long PARK_NANOS = 20_000;

    private final long[] loops = new long[(SLOTS + 1) * SLOT_LONGS];

    /** Ranges that somebody has, or waits for, for itself: begin, end, begin, end ... Replaced, never changed. */
    private volatile long @Nullable [] closed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();

    // Disk threads that are inside or wait, in any order. Guarded by the lock.
    private long[] tickets = new long[8];
    private long[] begins = new long[8];
    private long[] ends = new long[8];
    private boolean[] alone = new boolean[8];
    private int count;
    private long nextTicket;

    /** Enters without waiting; false where the range, or a part of it, is closed. For event loops. */
    boolean tryEnter(long offsetBytes, long lengthBytes) {
        int slot = slot();
        // A full fence stands between the count and the look, as between the closing and the look at the counts.
        INSIDE.getAndAdd(loops, slot, 1L);
        long[] now = closed;
        if (now == null || !overlaps(now, offsetBytes, offsetBytes + lengthBytes)) {
            return true;
        }
        INSIDE.getAndAdd(loops, slot, -1L);
        return false;
    }

    /** Leaves what {@link #tryEnter} has entered. On the same thread. */
    void leave() {
        INSIDE.getAndAdd(loops, slot(), -1L);
    }

    /** Enters, together with others that share; waits while somebody has the range for itself. For disk threads. */
    long enterShared(long offsetBytes, long lengthBytes) {
        lock.lock();
        try {
            long ticket = arrive(offsetBytes, lengthBytes, false);
            awaitTurn(ticket);
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** Enters when nobody else is in the range, and keeps everybody else out. For disk threads. */
    long enterAlone(long offsetBytes, long lengthBytes) {
        long ticket;
        lock.lock();
        try {
            ticket = arrive(offsetBytes, lengthBytes, true);
            publish();
            awaitTurn(ticket);
        } finally {
            lock.unlock();
        }
        for (int slot = 1; slot <= SLOTS; slot++) {
            awaitOutside(slot * SLOT_LONGS);
        }
        return ticket;
    }

    /**
     * Enters as {@link #enterAlone} does, but gives up when it has not come in by {@code deadline} of the clock.
     *
     * @return the ticket, or {@link #NO_TICKET}: then all is as if nobody had asked
     */
    long tryEnterAlone(long offsetBytes, long lengthBytes, Clock clock, long deadline) {
        long ticket;
        lock.lock();
        try {
            ticket = arrive(offsetBytes, lengthBytes, true);
            publish();
            if (!awaitTurn(ticket, clock, deadline)) {
                leave(ticket);
                return NO_TICKET;
            }
        } finally {
            lock.unlock();
        }
        for (int slot = 1; slot <= SLOTS; slot++) {
            if (!awaitOutside(slot * SLOT_LONGS, clock, deadline)) {
                leave(ticket);
                return NO_TICKET;
            }
        }
        return ticket;
    }

    /** Leaves what a disk thread has entered. */
    void leave(long ticket) {
        lock.lock();
        try {
            int at = find(ticket);
            boolean opens = alone[at];
            count--;
            tickets[at] = tickets[count];
            begins[at] = begins[count];
            ends[at] = ends[count];
            alone[at] = alone[count];
            if (opens) {
                publish();
            }
            if (lock.hasWaiters(left)) {
                left.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private long arrive(long offsetBytes, long lengthBytes, boolean forItself) {
        if (count == tickets.length) {
            tickets = Arrays.copyOf(tickets, 2 * count);
            begins = Arrays.copyOf(begins, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            alone = Arrays.copyOf(alone, 2 * count);
        }
        tickets[count] = nextTicket;
        begins[count] = offsetBytes;
        ends[count] = offsetBytes + lengthBytes;
        alone[count] = forItself;
        count++;
        return nextTicket++;
    }

    private boolean awaitTurn(long ticket, Clock clock, long deadline) {
        boolean interrupted = false;
        try {
            while (isBehindAnother(find(ticket))) {
                long nanos = deadline - clock.nanoTime();
                if (nanos <= 0) {
                    return false;
                }
                try {
                    // What is left is looked at anew above.
                    var _ = left.awaitNanos(nanos);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitTurn(long ticket) {
        while (isBehindAnother(find(ticket))) {
            left.awaitUninterruptibly();
        }
    }

    /** Waiting for earlier arrivals alone, nobody waits in a circle and nobody is overtaken for ever. */
    private boolean isBehindAnother(int at) {
        for (int i = 0; i < count; i++) {
            boolean excludes = alone[i] || alone[at];
            if (excludes && tickets[i] < tickets[at] && begins[i] < ends[at] && begins[at] < ends[i]) {
                return true;
            }
        }
        return false;
    }

    private int find(long ticket) {
        int at = 0;
        while (tickets[at] != ticket) {
            at++;
        }
        return at;
    }

    private void publish() {
        long[] ranges = new long[2 * count];
        int used = 0;
        for (int i = 0; i < count; i++) {
            if (alone[i]) {
                ranges[used++] = begins[i];
                ranges[used++] = ends[i];
            }
        }
        closed = used == 0 ? null : Arrays.copyOf(ranges, used);
    }

    /** Loops are inside for as long as a copy to or from memory takes. */
    private void awaitOutside(int slot) {
        int spins = 0;
        while ((long) INSIDE.getVolatile(loops, slot) != 0) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PARK_NANOS);
            }
        }
    }

    private boolean awaitOutside(int slot, Clock clock, long deadline) {
        int spins = 0;
        while ((long) INSIDE.getVolatile(loops, slot) != 0) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
            } else if (clock.nanoTime() - deadline > 0) {
                return false;
            } else {
                LockSupport.parkNanos(PARK_NANOS);
            }
        }
        return true;
    }

    private static boolean overlaps(long[] ranges, long begin, long end) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (begin < ranges[i + 1] && ranges[i] < end) {
                return true;
            }
        }
        return false;
    }

    private static int slot() {
        return (1 + ((int) Thread.currentThread().threadId() & (SLOTS - 1))) * SLOT_LONGS;
    }
}
