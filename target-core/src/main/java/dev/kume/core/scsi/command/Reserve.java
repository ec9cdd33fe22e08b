package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Coverage;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RESERVE(6) and (10), SPC-2 7.21 and 7.22, of the whole unit for the nexus that asks. Not durable: a reset or the end of
 * the nexus releases it. Where anybody is registered by PERSISTENT RESERVE OUT it conflicts (CRH is 0).
 */
final class Reserve extends Command {
    private Reserve(CommandDescriptor.Builder descriptor) {
        super(descriptor
                .reservation(ReservationClass.BY_COMMAND)
                .needsMedium()
                .toleratesScsi2Lun()
                .build());
    }

    static List<Command> family() {
        return List.of(
                new Reserve(CommandDescriptor.of(0x16, "RESERVE(6)").usage("16 00 00 00 00 00")),
                new Reserve(CommandDescriptor.of(0x56, "RESERVE(10)").usage("56 00 00 00 00 00 00 00 00 00")));
    }

    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return isRefused(from, now);
    }

    private static boolean isRefused(ITNexus from, UnitState now) {
        return !now.reservations().registrations().isEmpty() || isReservedByAnother(from, now);
    }

    @Override
    public void begin(Task task) {
        task.change(new Change(task.nexus()));
    }

    private static final class Change implements UnitChange {
        private final ITLNexus from;
        private boolean refused;

        Change(ITLNexus from) {
            this.from = from;
        }

        @Override
        public UnitState apply(UnitState now) {
            refused = isRefused(from.nexus(), now);
            // A nexus that has ended meanwhile would keep the unit for ever.
            return refused || !from.attached() ? now : now.withReservedBy(from.nexus());
        }

        @Override
        public @Nullable Coverage fenced(UnitState before, UnitState after) {
            return UnitChange.refusedBy(after);
        }

        @Override
        public void ended(Task task) {
            if (refused) {
                task.terminate(ScsiStatus.RESERVATION_CONFLICT);
            } else {
                task.good();
            }
        }
    }
}
