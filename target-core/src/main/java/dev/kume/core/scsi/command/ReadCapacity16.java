package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;

/**
 * READ CAPACITY(16), SBC-3 5.17. No protection, lowest aligned LBA 0. Blocks can be unmapped on every disk (LBPME 1),
 * and read as zeroes then (LBPRZ 1); whether space comes back is said by page B2h.
 */
final class ReadCapacity16 extends Command {
    private static final int DATA_BYTES = 32;
    private static final int PROVISIONING_MANAGED_AND_READS_ZEROES = 0xC0;

    ReadCapacity16() {
        super(CommandDescriptor.of(0x9E, 0x10, "READ CAPACITY(16)")
                .usage("9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 00")
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
        data.putLong(geometry.lastLba());
        data.putInt(geometry.blockBytes());
        data.put(13, (byte) geometry.physicalBlockExponent());
        data.put(14, (byte) PROVISIONING_MANAGED_AND_READS_ZEROES);
        task.respond(data.clear(), Cdb.unsignedInt(task.cdb(), 10));
    }
}
