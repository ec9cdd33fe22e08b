package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.page.LogPages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * LOG SENSE, SPC-4 6.8. Nothing of the log is saved (SP), nor are changed parameters alone told (PPC). There are lists
 * and no thresholds, so that PC makes no difference.
 */
final class LogSense extends Command {
    private static final int PAGE = 2;
    private static final int SUBPAGE = 3;
    private static final int PARAMETER_POINTER = 5;
    private static final int ALLOCATION_LENGTH = 7;

    private static final Sense NO_SUCH_PARAMETER = Sense.INVALID_FIELD_IN_CDB.inCdb(PARAMETER_POINTER, -1);

    private final LogPages pages;

    LogSense(LogPages pages) {
        super(CommandDescriptor.of(0x4D, "LOG SENSE")
                .usage("4D 00 FF FF 00 FF FF FF FF 00")
                .reservation(ReservationClass.ALWAYS)
                .toleratesScsi2Lun()
                .build());
        this.pages = pages;
    }

    @Override
    public void begin(Task task) {
        int code = task.cdb()[PAGE] & 0x3F;
        int subpage = Cdb.unsignedByte(task.cdb(), SUBPAGE);
        if (!pages.hasPage(code, task.unitState())) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(PAGE, 5));
        } else if (!pages.hasSubpage(code, subpage, task.unitState())) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(SUBPAGE, -1));
        } else if (pages.waits(code, subpage, task.unitState())) {
            task.work((it, disk) -> answerFromDiskThread(it));
        } else {
            answer(task);
        }
    }

    private void answer(Task task) {
        byte[] page;
        try {
            page = page(task);
        } catch (IOException e) {
            throw new UncheckedIOException("a log page that asks a file says that it waits", e);
        }
        if (page == null) {
            task.terminate(NO_SUCH_PARAMETER);
        } else {
            task.respond(ByteBuffer.wrap(page), Cdb.unsignedShort(task.cdb(), ALLOCATION_LENGTH));
        }
    }

    private void answerFromDiskThread(Task task) throws IOException {
        byte[] page = page(task);
        if (page == null) {
            task.failIo(NO_SUCH_PARAMETER);
        } else {
            task.outcome(ByteBuffer.wrap(page), Cdb.unsignedShort(task.cdb(), ALLOCATION_LENGTH));
        }
    }

    private byte @Nullable [] page(Task task) throws IOException {
        byte[] cdb = task.cdb();
        return pages.sense(
                cdb[PAGE] & 0x3F,
                Cdb.unsignedByte(cdb, SUBPAGE),
                Cdb.unsignedShort(cdb, PARAMETER_POINTER),
                task.unit().identity(),
                task.unitState());
    }
}
