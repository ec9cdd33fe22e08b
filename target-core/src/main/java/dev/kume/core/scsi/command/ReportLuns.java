package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;

/**
 * REPORT LUNS, SPC-4 6.33, for the target port it came through. Answers at any LUN, and takes REPORTED LUNS DATA HAS
 * CHANGED away on all units of the nexus, since it tells what has changed.
 */
final class ReportLuns extends Command {
    private static final int SELECT_REPORT = 2;
    private static final int ALLOCATION_LENGTH = 6;
    private static final int ALLOCATION_LENGTH_MIN = 16;
    private static final int HEADER_BYTES = 8;
    private static final int LUN_BYTES = 8;

    /** SAM-5 4.7.6.2: peripheral device addressing carries LUNs up to this one, flat space addressing the others. */
    private static final int PERIPHERAL_LUN_MAX = 255;

    private static final long FLAT_SPACE = 0x4000L << 48;

    ReportLuns() {
        super(CommandDescriptor.of(0xA0, "REPORT LUNS")
                .usage("A0 00 FF 00 00 00 FF FF FF FF 00 00")
                .reservation(ReservationClass.ALWAYS)
                .passesAttention()
                .anyLun()
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        long allocationLength = Cdb.unsignedInt(cdb, ALLOCATION_LENGTH);
        if (allocationLength < ALLOCATION_LENGTH_MIN) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(ALLOCATION_LENGTH, -1));
            return;
        }
        int selectReport = Cdb.unsignedByte(cdb, SELECT_REPORT);
        switch (selectReport) {
            case 0x00, 0x02 -> report(task, task.luns(), allocationLength);
            // Well known logical units: there are none.
            case 0x01 -> report(task, LunMap.EMPTY, allocationLength);
            default -> task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(SELECT_REPORT, -1));
        }
    }

    private static void report(Task task, LunMap luns, long allocationLength) {
        ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + luns.size() * LUN_BYTES);
        data.putInt(luns.size() * LUN_BYTES).putInt(0);
        for (int lun : luns.luns()) {
            data.putLong((long) lun << 48 | (lun > PERIPHERAL_LUN_MAX ? FLAT_SPACE : 0));
        }
        clearAttentions(task);
        task.respond(data.flip(), allocationLength);
    }

    private static void clearAttentions(Task task) {
        if (task.unitOrNull() == null) {
            return;
        }
        for (int lun : task.luns().luns()) {
            LogicalUnit unit = task.luns().get(lun);
            if (unit != null) {
                unit.nexuses()
                        .clear(
                                Sense.REPORTED_LUNS_DATA_HAS_CHANGED,
                                task.nexus().nexus());
            }
        }
        task.nexus().clear(Sense.REPORTED_LUNS_DATA_HAS_CHANGED);
    }
}
