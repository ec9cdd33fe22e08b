package dev.kume.core.scsi;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One SCSI command. Stateless: all that belongs to one execution is in the {@link Task}.
 *
 * <p>{@link #begin} has seen a CDB whose bits are all understood, on a unit that is there, allowed and not refused by a
 * unit attention. It ends in exactly one of: {@link Task#good}, {@link Task#respond}, {@link Task#terminate},
 * {@link Task#readMedium}, {@link Task#streamOut}, {@link Task#gather}, {@link Task#work}.
 */
public abstract class Command {
    private final CommandDescriptor descriptor;

    protected Command(CommandDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    public final CommandDescriptor descriptor() {
        return descriptor;
    }

    /** Checks the CDB and says how the command goes on. On the loop; never waits. */
    public abstract void begin(Task task);

    /**
     * True when a reservation of another nexus keeps this one from the command: it ends in RESERVATION CONFLICT. For
     * the data path: allocates nothing. A fence asks it, too, of commands that have begun.
     */
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return Conflicts.refuses(descriptor.reservation(), from, now);
    }

    /** The same for a command whose class depends on its CDB. */
    protected static boolean conflicts(ReservationClass rule, ITNexus from, UnitState now) {
        return Conflicts.refuses(rule, from, now);
    }

    /** True while another nexus holds the unit by RESERVE(6) or RESERVE(10). */
    protected static boolean isReservedByAnother(ITNexus from, UnitState now) {
        return Conflicts.isReservedByAnother(from, now);
    }

    /**
     * The whole parameter list that {@link Task#gather} asked for has arrived (maybe shorter than asked: the
     * initiator's transfer length bounds it). On the loop; ends like {@link #begin}, but not in another data phase.
     */
    public void gathered(Task task, ByteBuffer parameters) {
        throw new IllegalStateException(descriptor + " gathers no data");
    }

    /**
     * One piece of the data that {@link Task#streamOut} asked for has arrived. On a disk thread; pieces come in order.
     * May end the task early through {@link Task#failIo}.
     *
     * @param offsetBytes where the piece belongs, on the disk
     */
    public void consume(Task task, VirtualDisk disk, long offsetBytes, ByteBuffer piece) throws IOException {
        throw new IllegalStateException(descriptor + " takes no data");
    }

    /** All pieces have been consumed: what must happen before the status leaves. On a disk thread. */
    public void consumed(Task task, VirtualDisk disk) throws IOException {}

    /**
     * True when {@link #consume} is a plain write and {@link #consumed} has nothing to do: no more than a copy to
     * memory. An event loop may then write the piece by itself, without asking {@link #consume}.
     */
    public boolean consumesIntoMemory(Task task) {
        return false;
    }
}
