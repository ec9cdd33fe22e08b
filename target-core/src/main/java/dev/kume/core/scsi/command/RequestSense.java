package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;

/**
 * REQUEST SENSE, SPC-4 6.39: a waiting unit attention as data (it is taken), else what keeps the unit from being ready,
 * else NO SENSE.
 */
final class RequestSense extends Command {
    RequestSense() {
        super(CommandDescriptor.of(0x03, "REQUEST SENSE")
                .usage("03 01 00 00 FF 00")
                .reservation(ReservationClass.ALWAYS)
                .passesAttention()
                .anyLun()
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        Sense sense = sense(task);
        boolean descriptorFormat = Cdb.bit(task.cdb(), 1, 0);
        byte[] data = descriptorFormat ? sense.toDescriptor() : sense.toFixed();
        task.respond(ByteBuffer.wrap(data), Cdb.unsignedByte(task.cdb(), 4));
    }

    private static Sense sense(Task task) {
        LogicalUnit unit = task.unitOrNull();
        if (unit == null) {
            return Sense.LOGICAL_UNIT_NOT_SUPPORTED;
        }
        Sense attention = task.nexus().poll();
        if (attention != null) {
            return attention;
        }
        SanitizeState sanitize = task.unitState().durable().sanitize();
        if (sanitize.isRunning()) {
            return Sense.SANITIZE_IN_PROGRESS.withProgress(unit.sanitizeRun().progress());
        }
        if (sanitize.hasFailed()) {
            return Sense.SANITIZE_COMMAND_FAILED;
        }
        return task.unitState().disk() == null ? Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED : Sense.NO_SENSE;
    }
}
