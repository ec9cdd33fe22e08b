package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * SANITIZE, SBC-3 5.30: OVERWRITE, BLOCK ERASE and EXIT FAILURE MODE. There is no key to throw away, and so no
 * CRYPTOGRAPHIC ERASE. Bit 6 of byte 1 (ZNR of SBC-4, for zoned disks) is reserved here, and refused.
 *
 * <p>What was written before can be read through no target afterwards. BLOCK ERASE gives a thin disk's space back, and
 * leaves zeroes on another one; what the host's file system and its devices keep of bytes that they have let go is
 * theirs. OVERWRITE writes every block, and so takes the space of all of them.
 */
final class Sanitize extends Command {
    private static final int IMMED_BIT = 7;
    private static final int AUSE_BIT = 5;
    private static final int PARAMETER_LIST_LENGTH = 7;
    private static final int HEADER_BYTES = 4;
    private static final int TEST_BITS = 0x60;
    private static final int COUNT_BITS = 0x1F;
    private static final int PATTERN_LENGTH_AT = 2;

    private static final Sense BAD_LENGTH = Sense.INVALID_FIELD_IN_CDB.inCdb(PARAMETER_LIST_LENGTH, -1);

    /** The service actions, by their codes. */
    private enum Action {
        OVERWRITE,
        BLOCK_ERASE,
        EXIT_FAILURE_MODE
    }

    private final Action action;

    private Sanitize(Action action, CommandDescriptor.Builder descriptor) {
        super(descriptor
                .reservation(ReservationClass.WRITE)
                .writes()
                .afterSanitizeFailure()
                .build());
        this.action = action;
    }

    static List<Command> family() {
        return List.of(
                new Sanitize(
                        Action.OVERWRITE,
                        CommandDescriptor.of(0x48, 0x01, "SANITIZE(OVERWRITE)")
                                .usage("48 A1 00 00 00 00 00 FF FF 00")
                                .seconds(3_600, 86_400)),
                new Sanitize(
                        Action.BLOCK_ERASE,
                        CommandDescriptor.of(0x48, 0x02, "SANITIZE(BLOCK ERASE)")
                                .usage("48 A2 00 00 00 00 00 FF FF 00")
                                .seconds(60, 3_600)),
                new Sanitize(
                        Action.EXIT_FAILURE_MODE,
                        CommandDescriptor.of(0x48, 0x1F, "SANITIZE(EXIT FAILURE MODE)")
                                .usage("48 BF 00 00 00 00 00 FF FF 00")));
    }

    @Override
    public void begin(Task task) {
        int listBytes = Cdb.unsignedShort(task.cdb(), PARAMETER_LIST_LENGTH);
        if (action == Action.OVERWRITE) {
            // SBC-3 table 88: more than the header, and a pattern of one block at most.
            if (listBytes <= HEADER_BYTES
                    || listBytes > HEADER_BYTES + task.geometry().blockBytes()) {
                task.terminate(BAD_LENGTH);
            } else {
                task.gather(listBytes);
            }
        } else if (listBytes != 0) {
            task.terminate(BAD_LENGTH);
        } else if (action == Action.BLOCK_ERASE) {
            start(task, SanitizeState.blockErase(unrestricted(task)));
        } else {
            task.change(new SanitizeExit());
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        ByteBuffer list = parameters.slice();
        if (list.limit() < Cdb.unsignedShort(task.cdb(), PARAMETER_LIST_LENGTH)) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        int flags = list.get(0) & 0xFF;
        int patternBytes = list.getShort(PATTERN_LENGTH_AT) & 0xFFFF;
        Sense field = Sense.INVALID_FIELD_IN_PARAMETER_LIST;
        if ((flags & TEST_BITS) != 0) {
            task.terminate(field.inParameters(0, (flags & 0x40) != 0 ? 6 : 5));
        } else if ((flags & COUNT_BITS) == 0) {
            task.terminate(field.inParameters(0, 4));
        } else if (list.get(1) != 0) {
            task.terminate(field.inParameters(1, -1));
        } else if (patternBytes == 0 || patternBytes > task.geometry().blockBytes()) {
            task.terminate(field.inParameters(PATTERN_LENGTH_AT, -1));
        } else if (list.limit() < HEADER_BYTES + patternBytes) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else {
            byte[] pattern = new byte[patternBytes];
            list.get(HEADER_BYTES, pattern);
            boolean inverts = (flags & 0x80) != 0;
            start(task, SanitizeState.overwrite(pattern, flags & COUNT_BITS, inverts, unrestricted(task)));
        }
    }

    private static boolean unrestricted(Task task) {
        return Cdb.bit(task.cdb(), 1, AUSE_BIT);
    }

    private static void start(Task task, SanitizeState wanted) {
        task.change(new SanitizeStart(task.unit(), wanted, Cdb.bit(task.cdb(), 1, IMMED_BIT)));
    }
}
