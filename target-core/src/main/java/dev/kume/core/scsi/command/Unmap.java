package dev.kume.core.scsi.command;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.page.BlockLimits;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * UNMAP, SBC-3 5.28. Every descriptor is checked before the first is carried out. What is unmapped reads as zeroes; a
 * disk whose space is reserved keeps it. Ranges may overlap, and need not begin or end at the granularity of page B0h.
 *
 * <p>A descriptor that the parameter list, the CDB or the initiator's transfer cuts off is ignored, as the clause says.
 * ANCHOR is refused: page B2h says ANC_SUP 000b.
 */
final class Unmap extends Command {
    private static final int HEADER_BYTES = 8;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int LIST_LENGTH_BYTE = 7;

    Unmap() {
        super(CommandDescriptor.of(0x42, "UNMAP")
                .usage("42 00 00 00 00 00 1F FF FF 00")
                .reservation(ReservationClass.WRITE)
                .writes()
                .seconds(10, 120)
                .build());
    }

    @Override
    public void begin(Task task) {
        int listBytes = Cdb.unsignedShort(task.cdb(), LIST_LENGTH_BYTE);
        if (listBytes == 0) {
            task.good();
        } else if (listBytes < HEADER_BYTES) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR.inCdb(LIST_LENGTH_BYTE, -1));
        } else {
            task.gather(listBytes);
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        if (parameters.remaining() < HEADER_BYTES) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR.inCdb(LIST_LENGTH_BYTE, -1));
            return;
        }
        byte[] list = new byte[parameters.remaining()];
        parameters.get(list);
        int dataBytes = Math.min(Cdb.unsignedShort(list, 2), list.length - HEADER_BYTES);
        int descriptors = dataBytes / DESCRIPTOR_BYTES;
        if (descriptors > BlockLimits.UNMAP_DESCRIPTORS_MAX) {
            task.terminate(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(2, -1));
            return;
        }
        boolean empty = true;
        for (int i = 0; i < descriptors; i++) {
            BlockRange range = range(list, i);
            if (!range.isOn(task.geometry())) {
                task.terminate(Sense.LBA_OUT_OF_RANGE.inParameters(HEADER_BYTES + i * DESCRIPTOR_BYTES, -1));
                return;
            }
            empty &= range.isEmpty();
        }
        if (empty) {
            task.good();
        } else {
            task.work((it, disk) -> unmap(it, disk, list, descriptors));
        }
    }

    private static void unmap(Task task, VirtualDisk disk, byte[] list, int descriptors) throws IOException {
        BlockGeometry geometry = task.geometry();
        for (int i = 0; i < descriptors; i++) {
            BlockRange range = range(list, i);
            if (!Provisioning.unmap(task, disk, range.offsetBytes(geometry), range.lengthBytes(geometry))) {
                return;
            }
        }
        if (Transfer.cacheIsOff(task)) {
            disk.flush();
        }
    }

    private static BlockRange range(byte[] list, int descriptor) {
        int at = HEADER_BYTES + descriptor * DESCRIPTOR_BYTES;
        return new BlockRange(Cdb.longAt(list, at), Cdb.unsignedInt(list, at + 8));
    }
}
