package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * WRITE SAME(10) and (16), SBC-3 5.45 and 5.46. No length is too long, and 0 blocks means to the end (WSNZ 0).
 *
 * <p>With UNMAP a block of zeroes is unmapped; one of other bytes is written, since unmapped blocks could not read as
 * it. Without UNMAP zeroes keep their space. With NDOB no block is sent, and zeroes are meant. ANCHOR, LBDATA, PBDATA
 * and protection information are refused.
 */
final class WriteSame extends Command {
    private final CdbForm form;

    private WriteSame(CommandDescriptor.Builder descriptor, CdbForm form) {
        super(descriptor
                .reservation(ReservationClass.WRITE)
                .writes()
                .seconds(10, 120)
                .build());
        this.form = form;
    }

    static List<Command> family() {
        return List.of(
                new WriteSame(
                        CommandDescriptor.of(0x41, "WRITE SAME(10)").usage("41 08 FF FF FF FF 1F FF FF 00"),
                        CdbForm.TEN),
                new WriteSame(
                        CommandDescriptor.of(0x93, "WRITE SAME(16)")
                                .usage("93 09 FF FF FF FF FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.SIXTEEN));
    }

    @Override
    public void begin(Task task) {
        int blockBytes = task.geometry().blockBytes();
        if (!form.range(task.cdb()).isOn(task.geometry())) {
            task.terminate(Sense.LBA_OUT_OF_RANGE);
        } else if (Cdb.bit(task.cdb(), 1, 0)) {
            write(task, null);
        } else if (!DataOut.isOf(task, blockBytes)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB);
        } else {
            task.gather(blockBytes);
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        byte[] block = new byte[task.geometry().blockBytes()];
        if (parameters.remaining() < block.length) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB);
            return;
        }
        parameters.get(block);
        write(task, isZero(block) ? null : block);
    }

    /** @param block null for zeroes */
    private void write(Task task, byte @Nullable [] block) {
        BlockRange range = form.range(task.cdb()).zeroMeansToTheEnd(task.geometry());
        if (range.isEmpty()) {
            task.good();
            return;
        }
        boolean unmaps = Cdb.bit(task.cdb(), 1, 3);
        task.work((it, disk) -> write(it, disk, range, block, unmaps));
    }

    private static void write(Task task, VirtualDisk disk, BlockRange range, byte @Nullable [] block, boolean unmaps)
            throws IOException {
        long offsetBytes = range.offsetBytes(task.geometry());
        long lengthBytes = range.lengthBytes(task.geometry());
        boolean all;
        if (block != null) {
            all = Provisioning.fill(task, disk, offsetBytes, lengthBytes, block);
        } else if (unmaps) {
            all = Provisioning.unmap(task, disk, offsetBytes, lengthBytes);
        } else {
            all = Provisioning.zero(task, disk, offsetBytes, lengthBytes);
        }
        if (all && Transfer.cacheIsOff(task)) {
            disk.flush();
        }
    }

    private static boolean isZero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }
}
