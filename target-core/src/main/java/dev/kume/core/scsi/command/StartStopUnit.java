package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;

/**
 * START STOP UNIT, SBC-3 5.20. A disk that other hosts share does not stop for one of them: stopping and the power
 * conditions make the cache durable, as a real stop would, and have no other effect. There is no medium to eject.
 */
final class StartStopUnit extends Command {
    private static final int POWER = 4;

    StartStopUnit() {
        super(CommandDescriptor.of(0x1B, "START STOP UNIT")
                .usage("1B 01 00 0F F5 00")
                .reservation(ReservationClass.BY_COMMAND)
                .flushes()
                .toleratesScsi2Lun()
                .seconds(10, 120)
                .build());
    }

    /** SPC-4 table 66: starting it does nothing that anybody could mind. */
    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        boolean onlyStarts = Cdb.bit(cdb, POWER, 0) && (cdb[POWER] & 0xF0) == 0;
        return !onlyStarts && conflicts(ReservationClass.WRITE, from, now);
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        int powerCondition = cdb[POWER] >>> 4 & 0x0F;
        switch (powerCondition) {
            case 0x0 -> {
                boolean start = Cdb.bit(cdb, POWER, 0);
                boolean noFlush = Cdb.bit(cdb, POWER, 2);
                if (start || noFlush) {
                    task.good();
                } else {
                    task.work((it, disk) -> disk.flush());
                }
            }
            // ACTIVE, LU_CONTROL and their like change nothing that a host can see.
            case 0x1, 0x7 -> task.good();
            // IDLE, STANDBY, FORCE_IDLE_0, FORCE_STANDBY_0.
            case 0x2, 0x3, 0xA, 0xB -> task.work((it, disk) -> disk.flush());
            default -> task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(POWER, 7));
        }
    }
}
