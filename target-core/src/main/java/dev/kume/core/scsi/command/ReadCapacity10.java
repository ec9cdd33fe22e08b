package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;

/** READ CAPACITY(10), SBC-3 5.16: FFFFFFFFh tells the initiator to ask READ CAPACITY(16). */
final class ReadCapacity10 extends Command {
    private static final int DATA_BYTES = 8;
    private static final long LAST_LBA_MAX = 0xFFFF_FFFFL;

    ReadCapacity10() {
        super(CommandDescriptor.of(0x25, "READ CAPACITY(10)")
                .usage("25 00 00 00 00 00 00 00 00 00")
                .reservation(ReservationClass.ALWAYS)
                .duringSanitize()
                .needsMedium()
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        BlockGeometry geometry = task.geometry();
        ByteBuffer data = ByteBuffer.allocate(DATA_BYTES);
        data.putInt((int) Math.min(geometry.lastLba(), LAST_LBA_MAX));
        data.putInt(geometry.blockBytes());
        task.respond(data.flip(), DATA_BYTES);
    }
}
