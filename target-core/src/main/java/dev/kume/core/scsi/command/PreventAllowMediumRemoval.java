package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;

/** PREVENT ALLOW MEDIUM REMOVAL, SBC-3 5.8. The medium cannot be removed anyhow. */
final class PreventAllowMediumRemoval extends Command {
    PreventAllowMediumRemoval() {
        super(CommandDescriptor.of(0x1E, "PREVENT ALLOW MEDIUM REMOVAL")
                .usage("1E 00 00 00 01 00")
                .reservation(ReservationClass.BY_COMMAND)
                .needsMedium()
                .toleratesScsi2Lun()
                .build());
    }

    /** SPC-4 table 66: allowing it does nothing that anybody could mind. */
    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return (cdb[4] & 3) != 0 && conflicts(ReservationClass.WRITE, from, now);
    }

    @Override
    public void begin(Task task) {
        task.good();
    }
}
