package dev.kume.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

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

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.incrementAndGet();
    private final RangeGate gate = new RangeGate();

    private IsolatedDisk(VirtualDisk disk) {
        super(disk);
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
        if (!disk.hasSpace(offsetBytes, source.remaining()) || !gate.tryEnter(offsetBytes, source.remaining())) {
            return false;
        }
        try {
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
}
