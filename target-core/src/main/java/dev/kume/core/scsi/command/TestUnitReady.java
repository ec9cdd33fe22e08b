package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;

/** TEST UNIT READY, SPC-4 6.47: GOOD while the disk is there. */
final class TestUnitReady extends Command {
    TestUnitReady() {
        super(CommandDescriptor.of(0x00, "TEST UNIT READY")
                .usage("00 00 00 00 00 00")
                .reservation(ReservationClass.ALWAYS)
                .needsMedium()
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        task.good();
    }
}
