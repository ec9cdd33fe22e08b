package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.copy.Copies;
import dev.kume.core.scsi.copy.CopyResult;
import dev.kume.core.scsi.copy.SupportedCopies;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * RECEIVE COPY RESULTS, SPC-4 6.24: what became of a copy of this nexus at this unit, by its list identifier, and what
 * copies may ask for. The last copies of each nexus are remembered, whatever LIST ID USAGE allowed to forget. No data
 * is held: RECEIVE DATA (LID1) has none to give.
 */
final class ReceiveCopyResults extends Command {
    /** The service actions, by their codes. */
    enum Action {
        COPY_STATUS(0x00, "RECEIVE COPY STATUS(LID1)"),
        RECEIVE_DATA(0x01, "RECEIVE COPY DATA(LID1)"),
        OPERATING_PARAMETERS(0x03, "RECEIVE COPY OPERATING PARAMETERS"),
        FAILED_SEGMENT_DETAILS(0x04, "RECEIVE COPY FAILURE DETAILS(LID1)");

        private final int code;
        private final String title;

        Action(int code, String title) {
            this.code = code;
            this.title = title;
        }
    }

    private static final int LIST_IDENTIFIER = 2;
    private static final int ALLOCATION_LENGTH = 10;
    private static final int STATUS_BYTES = 12;
    private static final int FAILURE_BYTES = 60;
    private static final int AVAILABLE_DATA_BYTES = 4;
    private static final byte UNITS_OF_1024_BYTES = 0x01;

    private final Action action;
    private final Copies copies;

    private ReceiveCopyResults(Action action, Copies copies) {
        super(CommandDescriptor.of(0x84, action.code, action.title)
                .usage("84 %02X %s 00 00 00 00 00 00 00 FF FF FF FF 00 00"
                        .formatted(action.code, action == Action.OPERATING_PARAMETERS ? "00" : "FF"))
                .reservation(ReservationClass.ALWAYS)
                .build());
        this.action = action;
        this.copies = copies;
    }

    static List<Command> family(Copies copies) {
        return List.of(
                new ReceiveCopyResults(Action.COPY_STATUS, copies),
                new ReceiveCopyResults(Action.RECEIVE_DATA, copies),
                new ReceiveCopyResults(Action.OPERATING_PARAMETERS, copies),
                new ReceiveCopyResults(Action.FAILED_SEGMENT_DETAILS, copies));
    }

    @Override
    public void begin(Task task) {
        if (action == Action.OPERATING_PARAMETERS) {
            answer(task, SupportedCopies.operatingParameters(copies.limits()));
            return;
        }
        CopyResult result = copies.result(task.nexus(), Cdb.unsignedByte(task.cdb(), LIST_IDENTIFIER));
        boolean running = result != null && result.status() == CopyResult.Status.IN_PROGRESS;
        if (result == null || (running && action != Action.COPY_STATUS)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(LIST_IDENTIFIER, -1));
            return;
        }
        answer(
                task,
                switch (action) {
                    case COPY_STATUS -> status(result);
                    case FAILED_SEGMENT_DETAILS -> failure(result);
                    case RECEIVE_DATA, OPERATING_PARAMETERS -> ByteBuffer.allocate(AVAILABLE_DATA_BYTES);
                });
    }

    private static ByteBuffer status(CopyResult result) {
        ByteBuffer data = ByteBuffer.allocate(STATUS_BYTES);
        data.putInt(STATUS_BYTES - AVAILABLE_DATA_BYTES);
        data.put((byte) result.status().code());
        data.putShort((short) result.segmentsDone());
        // The count has four bytes: bytes while they fit, else units of 1 KiB.
        boolean inBytes = result.movedBytes() <= 0xFFFF_FFFFL;
        data.put(inBytes ? 0 : UNITS_OF_1024_BYTES);
        data.putInt((int) (inBytes ? result.movedBytes() : result.movedBytes() >> 10));
        return data.flip();
    }

    /** All zero, and no more than the first field, when the copy did not fail. */
    private static ByteBuffer failure(CopyResult result) {
        Sense because = result.failure();
        if (result.status() != CopyResult.Status.FAILED) {
            return ByteBuffer.allocate(AVAILABLE_DATA_BYTES);
        }
        byte[] sense = because == null ? new byte[0] : because.toFixed();
        ByteBuffer data = ByteBuffer.allocate(FAILURE_BYTES + sense.length);
        data.putInt(0, FAILURE_BYTES + sense.length - AVAILABLE_DATA_BYTES);
        data.put(56, (byte) result.commandStatus());
        data.putShort(58, (short) sense.length);
        data.put(FAILURE_BYTES, sense);
        return data;
    }

    private static void answer(Task task, ByteBuffer data) {
        task.respond(data, Cdb.unsignedInt(task.cdb(), ALLOCATION_LENGTH));
    }
}
