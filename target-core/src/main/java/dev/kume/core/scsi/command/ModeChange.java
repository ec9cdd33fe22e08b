package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Coverage;
import dev.kume.core.scsi.Ending;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.page.ModeSelection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a MODE SELECT asks for on its way: saved if it asks for that, published in turn, then made true. */
final class ModeChange implements UnitChange {
    private final LogicalUnit unit;
    private final ITLNexus from;
    private final ModeSelection selection;
    private final boolean savesPages;
    private boolean writeCacheOff;
    private boolean notSaved;

    ModeChange(LogicalUnit unit, ITLNexus from, ModeSelection selection, boolean savesPages) {
        this.unit = unit;
        this.from = from;
        this.selection = selection;
        this.savesPages = savesPages;
    }

    @Override
    public UnitState apply(UnitState now) {
        ModeState selected = selection.change().apply(now.modes());
        writeCacheOff = !selected.writeCacheEnabled();
        UnitState next = selected.equals(now.modes()) ? now : now.withModes(selected);
        // SPC-4 6.12: SP saves every page, not only those of the list.
        if (savesPages && !selected.equals(now.durable().savedModes())) {
            next = next.withDurable(now.durable().withSavedModes(selected));
        }
        return next;
    }

    @Override
    public boolean isDurable() {
        return savesPages;
    }

    @Override
    public void notSaved(IOException failure) {
        notSaved = true;
    }

    @Override
    public void published(UnitState before, UnitState after) {
        if (!before.modes().equals(after.modes())) {
            unit.raise(Sense.MODE_PARAMETERS_CHANGED, nexus -> nexus != from);
        }
    }

    /** Once the software write protect bit is answered for, no write reaches the disk that began before it. */
    @Override
    public @Nullable Coverage fenced(UnitState before, UnitState after) {
        if (before.modes().softwareWriteProtect() || !after.modes().softwareWriteProtect()) {
            return null;
        }
        return task -> unit.writes(task) ? Ending.check(Sense.WRITE_PROTECTED) : null;
    }

    @Override
    public void ended(Task task) {
        if (notSaved) {
            task.terminate(Sense.INTERNAL_TARGET_FAILURE);
        } else if (writeCacheOff) {
            // Published before the flush: a write that still saw the cache on has returned by now and is flushed here,
            // and every other one flushes for itself. Also when it was off already: a flush may have failed before.
            task.work((flushing, disk) -> disk.flush());
        } else {
            task.good();
        }
    }
}
