package dev.kume.core.scsi.command;

import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.page.BlockLimits;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * COMPARE AND WRITE, SBC-3 5.2: the lock of VMware's file systems. The blocks are compared and written as one step, in
 * which no other command reads or changes them, whatever target or nexus it comes through. A miscompare writes nothing,
 * and tells the offset of the first byte that differs in the data sent as INFORMATION.
 */
final class CompareAndWrite extends Command {
    private static final int BLOCKS_BYTE = 13;

    CompareAndWrite() {
        super(CommandDescriptor.of(0x89, "COMPARE AND WRITE")
                .usage("89 1A FF FF FF FF FF FF FF FF 00 00 00 FF 1F 00")
                .reservation(ReservationClass.WRITE)
                .writes()
                .build());
    }

    @Override
    public void begin(Task task) {
        BlockRange range = range(task);
        long dataBytes = 2 * range.lengthBytes(task.geometry());
        if (!range.isOn(task.geometry())) {
            task.terminate(Sense.LBA_OUT_OF_RANGE);
        } else if (range.blocks() > BlockLimits.compareAndWriteBlocksMax(task.geometry())) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(BLOCKS_BYTE, -1));
        } else if (!DataOut.isOf(task, dataBytes)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(BLOCKS_BYTE, -1));
        } else if (range.isEmpty()) {
            task.good();
        } else {
            task.gather((int) dataBytes);
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        BlockRange range = range(task);
        int half = (int) range.lengthBytes(task.geometry());
        if (parameters.remaining() < 2 * half) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(BLOCKS_BYTE, -1));
            return;
        }
        ByteBuffer expected = parameters.slice(parameters.position(), half);
        ByteBuffer written = parameters.slice(parameters.position() + half, half);
        long offsetBytes = range.offsetBytes(task.geometry());
        task.work((it, disk) -> compareAndWrite(it, IsolatedDisk.of(disk), offsetBytes, expected, written));
    }

    private static void compareAndWrite(
            Task task, IsolatedDisk disk, long offsetBytes, ByteBuffer expected, ByteBuffer written)
            throws IOException {
        disk.alone(offsetBytes, written.remaining(), alone -> {
            long equalBytes = Medium.mismatch(alone, offsetBytes, expected);
            if (equalBytes < 0) {
                alone.write(offsetBytes, written);
            } else {
                task.failIo(Sense.MISCOMPARE_DURING_VERIFY.withInformation(equalBytes));
            }
        });
        if (!written.hasRemaining() && Transfer.writesThrough(task, CdbForm.SIXTEEN)) {
            disk.flush();
        }
    }

    private static BlockRange range(Task task) {
        return new BlockRange(Cdb.longAt(task.cdb(), 2), Cdb.unsignedByte(task.cdb(), BLOCKS_BYTE));
    }
}
