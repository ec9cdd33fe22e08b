package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.page.BlockLimits;
import java.nio.ByteBuffer;

/**
 * WRITE ATOMIC(16), SBC-4 5.48: all of the blocks or none, over a power cut and an end of the daemon too. They are
 * durable before GOOD whatever FUA says, and no single read of the medium sees a part of them. There is no atomic
 * boundary within a write. A disk that cannot do it does not know the command, and says so in page B0h.
 */
final class WriteAtomic extends Command {
    private static final int LENGTH_BYTE = 12;

    WriteAtomic() {
        super(CommandDescriptor.of(0x9C, "WRITE ATOMIC(16)")
                .usage("9C 18 FF FF FF FF FF FF FF FF 00 00 FF FF 1F 00")
                .reservation(ReservationClass.WRITE)
                .writes()
                .build());
    }

    @Override
    public void begin(Task task) {
        VirtualDisk disk = task.unitState().disk();
        BlockRange range = range(task);
        long dataBytes = range.lengthBytes(task.geometry());
        if (disk == null || disk.atomicBytesMax() == 0) {
            task.terminate(Sense.INVALID_COMMAND_OPERATION_CODE.inCdb(0, 7));
        } else if (!range.isOn(task.geometry())) {
            task.terminate(Sense.LBA_OUT_OF_RANGE);
        } else if (range.blocks() > BlockLimits.atomicBlocksMax(task.geometry(), disk)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(LENGTH_BYTE, -1));
        } else if (!DataOut.isOf(task, dataBytes)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(LENGTH_BYTE, -1));
        } else if (range.isEmpty()) {
            task.good();
        } else {
            task.gather((int) dataBytes);
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        BlockRange range = range(task);
        int bytes = (int) range.lengthBytes(task.geometry());
        if (parameters.remaining() < bytes) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(LENGTH_BYTE, -1));
            return;
        }
        ByteBuffer data = parameters.slice(parameters.position(), bytes);
        long offsetBytes = range.offsetBytes(task.geometry());
        task.work((it, disk) -> disk.writeAtomically(offsetBytes, data));
    }

    private static BlockRange range(Task task) {
        return new BlockRange(Cdb.longAt(task.cdb(), 2), Cdb.unsignedShort(task.cdb(), LENGTH_BYTE));
    }
}
