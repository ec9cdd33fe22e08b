package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.util.List;

/**
 * SYNCHRONIZE CACHE(10) and (16), SBC-3 5.22 and 5.23. The whole disk is made durable, whatever the range says, and
 * always before the answer: IMMED and the obsolete SYNC_NV are accepted and ask for less.
 */
final class SynchronizeCache extends Command {
    private final CdbForm form;

    private SynchronizeCache(CommandDescriptor.Builder descriptor, CdbForm form) {
        super(descriptor.reservation(ReservationClass.WRITE).flushes().build());
        this.form = form;
    }

    static List<Command> family() {
        return List.of(
                new SynchronizeCache(
                        CommandDescriptor.of(0x35, "SYNCHRONIZE CACHE(10)")
                                .usage("35 06 FF FF FF FF 1F FF FF 00")
                                .seconds(10, 120)
                                .toleratesScsi2Lun(),
                        CdbForm.TEN),
                new SynchronizeCache(
                        CommandDescriptor.of(0x91, "SYNCHRONIZE CACHE(16)")
                                .usage("91 06 FF FF FF FF FF FF FF FF FF FF FF FF 1F 00")
                                .seconds(10, 120)
                                .toleratesScsi2Lun(),
                        CdbForm.SIXTEEN));
    }

    @Override
    public void begin(Task task) {
        if (form.range(task.cdb()).isOn(task.geometry())) {
            task.work((it, disk) -> disk.flush());
        } else {
            task.terminate(Sense.LBA_OUT_OF_RANGE);
        }
    }
}
