package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.copy.Copies;
import dev.kume.core.scsi.copy.CopyList;
import java.nio.ByteBuffer;

/**
 * EXTENDED COPY (LID1), SPC-4 6.4: blocks from disk to disk of this daemon, among those that the initiator sees through
 * its own target. The whole list is checked before the first byte is moved. What the initiator may not read or write at
 * one of the disks ends the copy in COPY ABORTED, THIRD PARTY DEVICE FAILURE, at the segment that is told.
 */
final class ExtendedCopy extends Command {
    private static final int PARAMETER_LIST_LENGTH = 10;

    /** More than any list that can be carried out; what is wrong with a longer one is its length. */
    private static final int LIST_BYTES_MAX = 65_536;

    private final Copies copies;

    ExtendedCopy(Copies copies) {
        super(CommandDescriptor.of(0x83, 0x00, "EXTENDED COPY(LID1)")
                .usage("83 00 00 00 00 00 00 00 00 00 FF FF FF FF 00 00")
                .reservation(ReservationClass.WRITE)
                .needsMedium()
                .seconds(30, 300)
                .build());
        this.copies = copies;
    }

    @Override
    public void begin(Task task) {
        long listBytes = Cdb.unsignedInt(task.cdb(), PARAMETER_LIST_LENGTH);
        if (listBytes == 0) {
            task.good();
        } else if (listBytes > LIST_BYTES_MAX) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else {
            task.gather((int) listBytes);
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        if (parameters.remaining() < Cdb.unsignedInt(task.cdb(), PARAMETER_LIST_LENGTH)) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        CopyList list = CopyList.parse(parameters);
        Sense refusal = list.refusal();
        if (refusal != null) {
            task.terminate(refusal);
        } else {
            copies.copy(task, list);
        }
    }
}
