package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;

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

    /** Allowed under every persistent reservation, but not while another nexus has the unit by RESERVE (SPC-2 table 9). */
    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return isReservedByAnother(from, now);
    }

    @Override
    public void begin(Task task) {
        task.good();
    }
}
