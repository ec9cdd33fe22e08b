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
 * WRITE AND VERIFY(10), (12) and (16), SBC-3 5.41 to 5.43. The blocks are durable when it answers GOOD, whatever the
 * write cache. BYTCHK 0 reads them back; 1 compares them with what was sent, too.
 */
final class WriteAndVerify extends Command {
    private final CdbForm form;
    private final long transferBytesMax;

    private WriteAndVerify(CommandDescriptor.Builder descriptor, CdbForm form, long transferBytesMax) {
        super(descriptor.reservation(ReservationClass.WRITE).writes().build());
        this.form = form;
        this.transferBytesMax = transferBytesMax;
    }

    static List<Command> family(long transferBytesMax) {
        return List.of(
                new WriteAndVerify(
                        CommandDescriptor.of(0x2E, "WRITE AND VERIFY(10)").usage("2E 12 FF FF FF FF 1F FF FF 00"),
                        CdbForm.TEN,
                        transferBytesMax),
                new WriteAndVerify(
                        CommandDescriptor.of(0xAE, "WRITE AND VERIFY(12)").usage("AE 12 FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.TWELVE,
                        transferBytesMax),
                new WriteAndVerify(
                        CommandDescriptor.of(0x8E, "WRITE AND VERIFY(16)")
                                .usage("8E 12 FF FF FF FF FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.SIXTEEN,
                        transferBytesMax));
    }

    @Override
    public void begin(Task task) {
        Transfer.takeBlocks(task, form, transferBytesMax);
    }

    @Override
    public void consume(Task task, VirtualDisk disk, long offsetBytes, ByteBuffer piece) throws IOException {
        ByteBuffer sent = piece.duplicate();
        disk.write(offsetBytes, piece);
        if (Cdb.bit(task.cdb(), 1, 1)) {
            Medium.compare(task, disk, offsetBytes, sent);
        }
    }

    @Override
    public void consumed(Task task, VirtualDisk disk) throws IOException {
        disk.flush();
        if (!Cdb.bit(task.cdb(), 1, 1)) {
            Medium.readThrough(task, disk, task.offsetBytes(), task.lengthBytes());
        }
    }
}
