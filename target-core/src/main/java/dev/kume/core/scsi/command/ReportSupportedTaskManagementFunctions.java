package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS, SPC-4 6.36. */
final class ReportSupportedTaskManagementFunctions extends Command {
    private static final int ALLOCATION_LENGTH = 6;
    private static final int BASIC_BYTES = 4;
    private static final int EXTENDED_BYTES = 16;
    private static final byte ABORT_TASK = (byte) 0x80;
    private static final byte ABORT_TASK_SET = 0x40;
    private static final byte CLEAR_TASK_SET = 0x10;
    private static final byte LOGICAL_UNIT_RESET = 0x08;
    private static final byte TARGET_RESET = 0x02;

    ReportSupportedTaskManagementFunctions() {
        super(CommandDescriptor.of(0xA3, 0x0D, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS")
                .usage("A3 0D 80 00 00 00 FF FF FF FF 00 00")
                .reservation(ReservationClass.READ)
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        long allocationLength = Cdb.unsignedInt(task.cdb(), ALLOCATION_LENGTH);
        if (allocationLength < BASIC_BYTES) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(ALLOCATION_LENGTH, -1));
            return;
        }
        boolean extended = Cdb.bit(task.cdb(), 2, 7);
        byte[] data = new byte[extended ? EXTENDED_BYTES : BASIC_BYTES];
        data[0] = (byte) (ABORT_TASK | ABORT_TASK_SET | CLEAR_TASK_SET | LOGICAL_UNIT_RESET | TARGET_RESET);
        data[3] = (byte) (data.length - BASIC_BYTES);
        task.respond(ByteBuffer.wrap(data), allocationLength);
    }
}
