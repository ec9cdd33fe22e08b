package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * VERIFY(10), (12) and (16), SBC-3 5.29 to 5.31. BYTCHK 00b reads the blocks, 01b compares them with as many from the
 * initiator, 11b compares each of them with the one block it sends. A miscompare tells the LBA as INFORMATION.
 */
final class Verify extends Command {
    private static final int READ_ONLY = 0;
    private static final int COMPARE_ALL = 1;
    private static final int COMPARE_WITH_ONE_BLOCK = 3;

    private final CdbForm form;
    private final long transferBytesMax;

    private Verify(CommandDescriptor.Builder descriptor, CdbForm form, long transferBytesMax) {
        super(descriptor.reservation(ReservationClass.READ).reads().build());
        this.form = form;
        this.transferBytesMax = transferBytesMax;
    }

    static List<Command> family(long transferBytesMax) {
        return List.of(
                new Verify(
                        CommandDescriptor.of(0x2F, "VERIFY(10)").usage("2F 16 FF FF FF FF 1F FF FF 00"),
                        CdbForm.TEN,
                        transferBytesMax),
                new Verify(
                        CommandDescriptor.of(0xAF, "VERIFY(12)").usage("AF 16 FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.TWELVE,
                        transferBytesMax),
                new Verify(
                        CommandDescriptor.of(0x8F, "VERIFY(16)")
                                .usage("8F 16 FF FF FF FF FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.SIXTEEN,
                        transferBytesMax));
    }

    @Override
    public void begin(Task task) {
        BlockGeometry geometry = task.geometry();
        BlockRange range = form.range(task.cdb());
        Sense refusal = Transfer.refusal(task, range, form, transferBytesMax);
        if (refusal != null) {
            task.terminate(refusal);
            return;
        }
        long offsetBytes = range.offsetBytes(geometry);
        long lengthBytes = range.lengthBytes(geometry);
        int byteCheck = task.cdb()[1] >>> 1 & 3;
        if (byteCheck != READ_ONLY && byteCheck != COMPARE_ALL && byteCheck != COMPARE_WITH_ONE_BLOCK) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(1, 2));
        } else if (range.isEmpty()) {
            task.good();
        } else if (byteCheck == READ_ONLY) {
            task.work((it, disk) -> Medium.readThrough(it, disk, offsetBytes, lengthBytes));
        } else if (byteCheck == COMPARE_ALL) {
            task.streamOut(offsetBytes, lengthBytes);
        } else {
            task.gather(geometry.blockBytes());
        }
    }

    @Override
    public void consume(Task task, VirtualDisk disk, long offsetBytes, ByteBuffer piece) throws IOException {
        Medium.compare(task, disk, offsetBytes, piece);
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        BlockGeometry geometry = task.geometry();
        if (parameters.remaining() < geometry.blockBytes()) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(1, 2));
            return;
        }
        byte[] block = new byte[geometry.blockBytes()];
        parameters.get(block);
        BlockRange range = form.range(task.cdb());
        task.work((it, disk) -> compareEach(it, disk, range, block));
    }

    private static void compareEach(Task task, VirtualDisk disk, BlockRange range, byte[] block) throws IOException {
        long atBytes = range.offsetBytes(task.geometry());
        long endBytes = atBytes + range.lengthBytes(task.geometry());
        boolean equal = true;
        while (equal && atBytes < endBytes && !task.givesUp()) {
            equal = Medium.compare(task, disk, atBytes, ByteBuffer.wrap(block));
            atBytes += block.length;
        }
    }
}
