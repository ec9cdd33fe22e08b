package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * WRITE(6), (10), (12) and (16), SBC-3 5.36 to 5.39.
 *
 * <p>With FUA (or the obsolete FUA_NV), or while the write cache is off, GOOD means durable. DPO is accepted.
 * Protection information is refused.
 */
final class Write extends Command {
    private final CdbForm form;
    private final long transferBytesMax;

    private Write(CommandDescriptor.Builder descriptor, CdbForm form, long transferBytesMax) {
        super(descriptor.reservation(ReservationClass.WRITE).writes().build());
        this.form = form;
        this.transferBytesMax = transferBytesMax;
    }

    static List<Command> family(long transferBytesMax) {
        return List.of(
                new Write(
                        CommandDescriptor.of(0x0A, "WRITE(6)")
                                .usage("0A 1F FF FF FF 00")
                                .toleratesScsi2Lun(),
                        CdbForm.SIX,
                        transferBytesMax),
                new Write(
                        CommandDescriptor.of(0x2A, "WRITE(10)").usage("2A 1A FF FF FF FF 1F FF FF 00"),
                        CdbForm.TEN,
                        transferBytesMax),
                new Write(
                        CommandDescriptor.of(0xAA, "WRITE(12)").usage("AA 1A FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.TWELVE,
                        transferBytesMax),
                new Write(
                        CommandDescriptor.of(0x8A, "WRITE(16)")
                                .usage("8A 1A FF FF FF FF FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.SIXTEEN,
                        transferBytesMax));
    }

    @Override
    public void begin(Task task) {
        Transfer.takeBlocks(task, form, transferBytesMax);
    }

    @Override
    public void consume(Task task, VirtualDisk disk, long offsetBytes, ByteBuffer piece) throws IOException {
        disk.write(offsetBytes, piece);
    }

    @Override
    public void consumed(Task task, VirtualDisk disk) throws IOException {
        if (Transfer.writesThrough(task, form)) {
            disk.flush();
        }
    }

    @Override
    public boolean consumesIntoMemory(Task task) {
        return !Transfer.writesThrough(task, form);
    }
}
