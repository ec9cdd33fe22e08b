package dev.kume.core.disk;

import dev.kume.core.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A disk on which a step that reads and writes is one: no other read or write of its range runs meanwhile, whatever
 * loop, nexus or target it is of. Every call is such a step for itself, so no call sees another's exclusive step half
 * done.
 *
 * <p>Of one disk there is one such view: what is to be kept apart must come through the same.
 */
public final class IsolatedDisk extends FilterDisk {
    /** A step that has its range for itself. It works on the disk it is given, and leaves this view alone. */
    @FunctionalInterface
    public interface Step {
        void run(VirtualDisk disk) throws IOException;
    }

    /** A step that has several disks for itself at once; it leaves their views alone. */
    @FunctionalInterface
    public interface JointStep {
        void run() throws IOException;
    }

    /**
     * The last byte that a disk could have stands for its file: calls that are of no range enter there. No disk is that
     * large.
     */
    private static final long FILE_AT = Long.MAX_VALUE - 1;

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final VirtualDisk disk;
    private final long number = NUMBERS.incrementAndGet();
    private final RangeGate gate = new RangeGate();

    private IsolatedDisk(VirtualDisk disk) {
        this.disk = disk;
    }

    @Override
    VirtualDisk behind() {
        return disk;
    }

    /** The disk itself when it is such a view already. */
    public static IsolatedDisk of(VirtualDisk disk) {
        return disk instanceof IsolatedDisk isolated ? isolated : new IsolatedDisk(disk);
    }

    /** Runs a step while nobody else reads or changes the range. On a disk thread; waits for who is there. */
    public void alone(long offsetBytes, long lengthBytes, Step step) throws IOException {
        long ticket = gate.enterAlone(offsetBytes, lengthBytes);
        try {
            step.run(disk);
        } finally {
            gate.leave(ticket);
        }
    }

    /**
     * Runs a step while no other call is in the disk, be it a flush, if that comes to be in time. Whoever calls
     * meanwhile waits. On any thread that may wait.
     *
     * @return false when calls that are under way have not ended in {@code limit}; nothing has happened then
     */
    public boolean tryAlone(Duration limit, Clock clock, Step step) throws IOException {
        return aloneAll(List.of(this), limit, clock, () -> step.run(disk)) == null;
    }

    /**
     * Runs a step while no other call is in any of these disks: at one instant of all of them. They are entered in one
     * order always, so that two such steps never wait in a circle.
     *
     * @param limit how long this may take for all of them
     * @return null when the step has run; else the disk whose calls have not ended in time: nothing has happened then,
     *     and all go on
     */
    public static @Nullable IsolatedDisk aloneAll(
            Collection<IsolatedDisk> disks, Duration limit, Clock clock, JointStep step) throws IOException {
        List<IsolatedDisk> ordered = disks.stream()
                .distinct()
                .sorted(Comparator.comparingLong(each -> each.number))
                .toList();
        long deadline = clock.nanoTime() + limit.toNanos();
        long[] tickets = new long[ordered.size()];
        int entered = 0;
        try {
            for (IsolatedDisk each : ordered) {
                long ticket = each.gate.tryEnterAlone(0, Long.MAX_VALUE, clock, deadline);
                if (ticket == RangeGate.NO_TICKET) {
                    return each;
                }
                tickets[entered++] = ticket;
            }
            step.run();
            return null;
        } finally {
            while (entered > 0) {
                entered--;
                ordered.get(entered).gate.leave(tickets[entered]);
            }
        }
    }

    /** Nothing, too, while somebody has the range for itself. */
    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        if (!gate.tryEnter(offsetBytes, target.remaining())) {
            return 0;
        }
        try {
            return disk.tryRead(offsetBytes, target);
        } finally {
            gate.leave();
        }
    }

    /**
     * Writes as {@link #write} does, on an event loop: it waits for no other command, and for the device only if the
     * disk does.
     *
     * @return false when somebody has the range for itself, or it needs space, which takes time; nothing has happened
     */
    public boolean tryWrite(long offsetBytes, ByteBuffer source) throws IOException {
        if (!gate.tryEnter(offsetBytes, source.remaining())) {
            return false;
        }
        try {
            if (!disk.hasSpace(offsetBytes, source.remaining())) {
                return false;
            }
            disk.write(offsetBytes, source);
        } finally {
            gate.leave();
        }
        return true;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        long ticket = gate.enterShared(offsetBytes, target.remaining());
        try {
            disk.read(offsetBytes, target);
        } finally {
            gate.leave(ticket);
        }
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        long ticket = gate.enterShared(offsetBytes, source.remaining());
        try {
            disk.write(offsetBytes, source);
        } finally {
            gate.leave(ticket);
        }
    }

    @Override
    public void writeAtomically(long offsetBytes, ByteBuffer source) throws IOException {
        alone(offsetBytes, source.remaining(), alone -> alone.writeAtomically(offsetBytes, source));
    }

    /** Inside of both ranges at once; in one order always, lest copies in opposite directions wait in a circle. */
    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        if (!(source instanceof IsolatedDisk from)) {
            return 0;
        }
        if (from == this) {
            long begin = Math.min(sourceBytes, offsetBytes);
            long ticket = gate.enterShared(begin, Math.max(sourceBytes, offsetBytes) + lengthBytes - begin);
            try {
                return disk.copyFrom(disk, sourceBytes, offsetBytes, lengthBytes);
            } finally {
                gate.leave(ticket);
            }
        }
        boolean sourceFirst = from.number < number;
        RangeGate first = sourceFirst ? from.gate : gate;
        RangeGate second = sourceFirst ? gate : from.gate;
        long firstTicket = first.enterShared(sourceFirst ? sourceBytes : offsetBytes, lengthBytes);
        try {
            long secondTicket = second.enterShared(sourceFirst ? offsetBytes : sourceBytes, lengthBytes);
            try {
                return disk.copyFrom(from.disk, sourceBytes, offsetBytes, lengthBytes);
            } finally {
                second.leave(secondTicket);
            }
        } finally {
            first.leave(firstTicket);
        }
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        long ticket = gate.enterShared(offsetBytes, lengthBytes);
        try {
            disk.unmap(offsetBytes, lengthBytes);
        } finally {
            gate.leave(ticket);
        }
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        long ticket = gate.enterShared(offsetBytes, lengthBytes);
        try {
            disk.zero(offsetBytes, lengthBytes);
        } finally {
            gate.leave(ticket);
        }
    }

    @Override
    public @Nullable DiskSpace measureSpace() throws IOException {
        long ticket = gate.enterShared(FILE_AT, 1);
        try {
            return disk.measureSpace();
        } finally {
            gate.leave(ticket);
        }
    }

    /** Waits for nobody who has but a range for itself. */
    @Override
    public void flush() throws IOException {
        long ticket = gate.enterShared(FILE_AT, 1);
        try {
            disk.flush();
        } finally {
            gate.leave(ticket);
        }
    }

    @Override
    public DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        long ticket = gate.enterShared(FILE_AT, 1);
        try {
            return disk.extentAt(offsetBytes, lengthBytes);
        } finally {
            gate.leave(ticket);
        }
    }
}
