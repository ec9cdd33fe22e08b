package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import org.jspecify.annotations.Nullable;

/** What every command that moves or compares blocks checks first. */
final class Transfer {
    private Transfer() {}

    /**
     * Why the range of this command is refused, or null.
     *
     * @param bytesMax MAXIMUM TRANSFER LENGTH of page B0h, in bytes
     */
    static @Nullable Sense refusal(Task task, BlockRange range, CdbForm form, long bytesMax) {
        if (!range.isOn(task.geometry())) {
            return Sense.LBA_OUT_OF_RANGE;
        }
        if (range.lengthBytes(task.geometry()) > bytesMax) {
            return Sense.INVALID_FIELD_IN_CDB.inCdb(form.lengthByte(), -1);
        }
        return null;
    }

    /** Begins a command that takes the blocks of its range from the initiator. */
    static void takeBlocks(Task task, CdbForm form, long bytesMax) {
        BlockRange range = form.range(task.cdb());
        Sense refusal = refusal(task, range, form, bytesMax);
        if (refusal != null) {
            task.terminate(refusal);
        } else if (range.isEmpty()) {
            task.good();
        } else {
            task.streamOut(range.offsetBytes(task.geometry()), range.lengthBytes(task.geometry()));
        }
    }

    /** True when the data must be durable before GOOD: FUA, its old form FUA_NV, or no write cache. */
    static boolean writesThrough(Task task, CdbForm form) {
        byte[] cdb = task.cdb();
        boolean forced = form != CdbForm.SIX && (cdb[1] & 0x0A) != 0;
        return forced || cacheIsOff(task);
    }

    /** True when everything that is written must be durable before GOOD. */
    static boolean cacheIsOff(Task task) {
        // The state now, not the one the task began under: MODE SELECT publishes WCE=0 before it flushes, so a write
        // that still sees WCE=1 here is covered by that flush.
        return !task.unit().state().modes().writeCacheEnabled();
    }
}
