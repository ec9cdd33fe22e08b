package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** REPORT SUPPORTED OPERATION CODES, SPC-4 6.35, from the descriptors of the command table. */
final class ReportSupportedOperationCodes extends Command {
    private static final int OPTIONS = 2;
    private static final int REQUESTED_OPERATION_CODE = 3;
    private static final int REQUESTED_SERVICE_ACTION = 4;
    private static final int COMMAND_BYTES = 8;
    private static final int TIMEOUTS_BYTES = 12;
    private static final byte NOT_SUPPORTED = 0x01;
    private static final byte SUPPORTED_AS_STANDARD_SAYS = 0x03;
    private static final byte TIMEOUTS_PRESENT_IN_ALL = 0x02;
    private static final byte TIMEOUTS_PRESENT_IN_ONE = (byte) 0x80;

    ReportSupportedOperationCodes() {
        super(CommandDescriptor.of(0xA3, 0x0C, "REPORT SUPPORTED OPERATION CODES")
                .usage("A3 0C 87 FF FF FF FF FF FF FF 00 00")
                .reservation(ReservationClass.READ)
                .toleratesScsi2Lun()
                .build());
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        CommandTable table = task.unit().commands();
        boolean timeouts = Cdb.bit(cdb, OPTIONS, 7);
        int opcode = Cdb.unsignedByte(cdb, REQUESTED_OPERATION_CODE);
        int serviceAction = Cdb.unsignedShort(cdb, REQUESTED_SERVICE_ACTION);
        boolean known = table.hasOpcode(opcode);
        boolean actions = table.hasServiceActions(opcode);
        switch (cdb[OPTIONS] & 0x07) {
            case 0 -> answer(task, all(table.commands(), timeouts));
            case 1 -> {
                if (actions) {
                    task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(OPTIONS, 2));
                } else {
                    answer(task, one(table.find(opcode, 0), timeouts));
                }
            }
            case 2 -> {
                if (known && !actions) {
                    task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(OPTIONS, 2));
                } else {
                    answer(task, one(table.find(opcode, serviceAction), timeouts));
                }
            }
            case 3 -> {
                boolean meant = actions || serviceAction == 0;
                answer(task, one(meant ? table.find(opcode, serviceAction) : null, timeouts));
            }
            default -> task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(OPTIONS, 2));
        }
    }

    private static void answer(Task task, ByteBuffer data) {
        task.respond(data.flip(), Cdb.unsignedInt(task.cdb(), 6));
    }

    private static ByteBuffer all(List<Command> commands, boolean timeouts) {
        int listBytes = commands.size() * (COMMAND_BYTES + (timeouts ? TIMEOUTS_BYTES : 0));
        ByteBuffer data = ByteBuffer.allocate(4 + listBytes).putInt(listBytes);
        for (Command command : commands) {
            CommandDescriptor descriptor = command.descriptor();
            boolean actions = descriptor.hasServiceAction();
            data.put((byte) descriptor.opcode()).put((byte) 0);
            data.putShort((short) (actions ? descriptor.serviceAction() : 0)).put((byte) 0);
            data.put((byte) ((timeouts ? TIMEOUTS_PRESENT_IN_ALL : 0) | (actions ? 1 : 0)));
            data.putShort((short) descriptor.cdbBytes());
            if (timeouts) {
                putTimeouts(data, descriptor);
            }
        }
        return data;
    }

    private static ByteBuffer one(@Nullable Command command, boolean timeouts) {
        if (command == null) {
            return ByteBuffer.allocate(4).put((byte) 0).put(NOT_SUPPORTED).putShort((short) 0);
        }
        CommandDescriptor descriptor = command.descriptor();
        int dataBytes = 4 + descriptor.cdbBytes() + (timeouts ? TIMEOUTS_BYTES : 0);
        ByteBuffer data = ByteBuffer.allocate(dataBytes).put((byte) 0);
        data.put((byte) (SUPPORTED_AS_STANDARD_SAYS | (timeouts ? TIMEOUTS_PRESENT_IN_ONE : 0)));
        data.putShort((short) descriptor.cdbBytes()).put(descriptor.usage());
        if (timeouts) {
            putTimeouts(data, descriptor);
        }
        return data;
    }

    /** Command timeouts descriptor, SPC-4 6.35.4. */
    private static void putTimeouts(ByteBuffer data, CommandDescriptor descriptor) {
        data.putShort((short) (TIMEOUTS_BYTES - 2)).putShort((short) 0);
        data.putInt(descriptor.nominalSeconds()).putInt(descriptor.recommendedSeconds());
    }
}
