package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * READ DEFECT DATA(10) and (12), SBC-3 5.18 and 5.19. A virtual disk has no defects, so both lists are there and empty
 * in every format that the standard names.
 */
final class ReadDefectData extends Command {
    private static final int LAST_STANDARD_FORMAT = 5;
    private static final int LISTS_AND_FORMAT = 0x1F;
    private static final int FORMAT = 0x07;

    private final int requestByte;
    private final int headerBytes;

    private ReadDefectData(CommandDescriptor.Builder descriptor, int requestByte, int headerBytes) {
        super(descriptor.reservation(ReservationClass.READ).needsMedium().build());
        this.requestByte = requestByte;
        this.headerBytes = headerBytes;
    }

    static List<Command> family() {
        return List.of(
                new ReadDefectData(
                        CommandDescriptor.of(0x37, "READ DEFECT DATA(10)")
                                .usage("37 00 1F 00 00 00 00 FF FF 00")
                                .toleratesScsi2Lun(),
                        2,
                        4),
                new ReadDefectData(
                        CommandDescriptor.of(0xB7, "READ DEFECT DATA(12)").usage("B7 1F FF FF FF FF FF FF FF FF 00 00"),
                        1,
                        8));
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        if ((cdb[requestByte] & FORMAT) > LAST_STANDARD_FORMAT) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(requestByte, 2));
            return;
        }
        ByteBuffer data = ByteBuffer.allocate(headerBytes);
        data.put(1, (byte) (cdb[requestByte] & LISTS_AND_FORMAT));
        long allocationBytes = requestByte == 2 ? Cdb.unsignedShort(cdb, 7) : Cdb.unsignedInt(cdb, 6);
        task.respond(data, allocationBytes);
    }
}
