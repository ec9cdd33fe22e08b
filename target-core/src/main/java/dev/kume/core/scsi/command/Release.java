package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import java.util.List;

/** RELEASE(6) and (10), SPC-2 7.16 and 7.17: GOOD without effect for a nexus that has not reserved the unit. */
final class Release extends Command {
    private Release(CommandDescriptor.Builder descriptor) {
        super(descriptor
                .reservation(ReservationClass.BY_COMMAND)
                .needsMedium()
                .toleratesScsi2Lun()
                .build());
    }

    static List<Command> family() {
        return List.of(
                new Release(CommandDescriptor.of(0x17, "RELEASE(6)").usage("17 00 00 00 00 00")),
                new Release(CommandDescriptor.of(0x57, "RELEASE(10)").usage("57 00 00 00 00 00 00 00 00 00")));
    }

    /** Where anybody is registered by PERSISTENT RESERVE OUT (CRH is 0). */
    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return !now.reservations().registrations().isEmpty();
    }

    @Override
    public void begin(Task task) {
        ITNexus from = task.nexus().nexus();
        task.change(new UnitChange() {
            @Override
            public UnitState apply(UnitState now) {
                return from.equals(now.reservedBy()) ? now.withReservedBy(null) : now;
            }

            @Override
            public void ended(Task released) {
                released.good();
            }
        });
    }
}
