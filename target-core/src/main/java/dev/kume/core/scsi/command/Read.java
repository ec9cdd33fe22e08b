package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.util.List;

/**
 * READ(6), (10), (12) and (16), SBC-3 5.11 to 5.14.
 *
 * <p>DPO, FUA and the obsolete FUA_NV are accepted. They change nothing: every initiator reads through the same cache
 * as it writes, so what FUA asks for (the newest data) is what every read gets. Protection information is refused.
 */
final class Read extends Command {
    private final CdbForm form;
    private final long transferBytesMax;

    private Read(CommandDescriptor.Builder descriptor, CdbForm form, long transferBytesMax) {
        super(descriptor.reservation(ReservationClass.READ).reads().build());
        this.form = form;
        this.transferBytesMax = transferBytesMax;
    }

    static List<Command> family(long transferBytesMax) {
        return List.of(
                new Read(
                        CommandDescriptor.of(0x08, "READ(6)")
                                .usage("08 1F FF FF FF 00")
                                .toleratesScsi2Lun(),
                        CdbForm.SIX,
                        transferBytesMax),
                new Read(
                        CommandDescriptor.of(0x28, "READ(10)").usage("28 1A FF FF FF FF 1F FF FF 00"),
                        CdbForm.TEN,
                        transferBytesMax),
                new Read(
                        CommandDescriptor.of(0xA8, "READ(12)").usage("A8 1A FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.TWELVE,
                        transferBytesMax),
                new Read(
                        CommandDescriptor.of(0x88, "READ(16)").usage("88 1A FF FF FF FF FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.SIXTEEN,
                        transferBytesMax));
    }

    @Override
    public void begin(Task task) {
        BlockRange range = form.range(task.cdb());
        Sense refusal = Transfer.refusal(task, range, form, transferBytesMax);
        if (refusal != null) {
            task.terminate(refusal);
        } else if (range.isEmpty()) {
            task.good();
        } else {
            task.readMedium(range.offsetBytes(task.geometry()), range.lengthBytes(task.geometry()));
        }
    }
}
