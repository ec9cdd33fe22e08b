package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;

/** LOG SENSE, SPC-4 6.8: page 00h, which says that there is no other. */
final class LogSense extends Command {
    private static final int PAGE = 2;
    private static final int SUBPAGE = 3;
    private static final byte[] SUPPORTED_LOG_PAGES = {0x00, 0x00, 0x00, 0x01, 0x00};

    LogSense() {
        super(CommandDescriptor.of(0x4D, "LOG SENSE")
                .usage("4D 00 FF FF 00 00 00 FF FF 00")
                .reservation(ReservationClass.ALWAYS)
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        if ((cdb[PAGE] & 0x3F) != 0) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(PAGE, 5));
        } else if (cdb[SUBPAGE] != 0) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(SUBPAGE, -1));
        } else {
            task.respond(ByteBuffer.wrap(SUPPORTED_LOG_PAGES.clone()), Cdb.unsignedShort(cdb, 7));
        }
    }
}
