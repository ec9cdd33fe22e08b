package dev.kume.core.scsi;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations.Access;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** RESERVATION CONFLICT by the class of a command: SPC-4 table 66, SPC-2 table 9. Nothing here allocates per command. */
final class Conflicts {
    private Conflicts() {}

    /** True when a reservation keeps this nexus from a command of this class. */
    static boolean refuses(ReservationClass rule, ITNexus from, UnitState now) {
        if (rule == ReservationClass.ALWAYS || rule == ReservationClass.BY_COMMAND) {
            return false;
        }
        if (isReservedByAnother(from, now)) {
            return true;
        }
        Access access = rule == ReservationClass.READ ? Access.READ : Access.WRITE;
        return !now.reservations().allows(from, access);
    }

    /** True while another nexus holds the unit by RESERVE(6) or RESERVE(10). */
    static boolean isReservedByAnother(ITNexus nexus, UnitState now) {
        ITNexus holder = now.reservedBy();
        return holder != null && !holder.equals(nexus);
    }

    /**
     * The tasks that a new state ends.
     *
     * @param aborted nexuses whose tasks end without an answer, whatever they are
     * @return null when there can be none
     */
    static @Nullable Coverage fence(UnitState after, Set<ITNexus> aborted) {
        if (after.reservations().reservation() == null && after.reservedBy() == null && aborted.isEmpty()) {
            return null;
        }
        return task -> {
            if (aborted.contains(task.nexus().nexus())) {
                return Ending.SILENT;
            }
            return isRefused(task, after) ? Ending.CONFLICT : null;
        };
    }

    private static boolean isRefused(Task task, UnitState after) {
        // A task at a gate has not begun: it meets the state that is published when it does.
        Command command = task.state() == Task.State.GATED ? null : task.command;
        return command != null && command.conflicts(task.cdb(), task.nexus().nexus(), after);
    }
}
