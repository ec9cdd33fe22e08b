package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import java.io.IOException;

/** SEND DIAGNOSTIC, SPC-4 6.42: the default self-test, which reads the first and the last block. */
final class SendDiagnostic extends Command {
    SendDiagnostic() {
        super(CommandDescriptor.of(0x1D, "SEND DIAGNOSTIC")
                .usage("1D 17 00 00 00 00")
                .reservation(ReservationClass.WRITE)
                .needsMedium()
                .build());
    }

    @Override
    public void begin(Task task) {
        boolean selfTest = Cdb.bit(task.cdb(), 1, 2);
        if (selfTest) {
            task.work(SendDiagnostic::readEnds);
        } else {
            task.good();
        }
    }

    private static void readEnds(Task task, VirtualDisk disk) throws IOException {
        BlockGeometry geometry = task.geometry();
        if (geometry.blocks() > 0) {
            Medium.readThrough(task, disk, 0, geometry.blockBytes());
            Medium.readThrough(task, disk, geometry.lastLba() << geometry.blockShift(), geometry.blockBytes());
        }
    }
}
