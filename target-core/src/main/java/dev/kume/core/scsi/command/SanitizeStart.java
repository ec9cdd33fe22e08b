package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.Coverage;
import dev.kume.core.scsi.Ending;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.sanitize.Sanitizer;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a sanitize operation: durable, then visible, then alone with the disk. Commands that are under way
 * are ended, so that nothing of them lands on what has been sanitized; the work begins behind that.
 */
final class SanitizeStart implements UnitChange {
    private final LogicalUnit unit;
    private final SanitizeState wanted;
    private final boolean immediate;
    private @Nullable Sense refusal;
    private @Nullable Sanitizer sanitizer;

    SanitizeStart(LogicalUnit unit, SanitizeState wanted, boolean immediate) {
        this.unit = unit;
        this.wanted = wanted;
        this.immediate = immediate;
    }

    @Override
    public UnitState apply(UnitState now) {
        SanitizeState before = now.durable().sanitize();
        if (before.isRunning()) {
            refusal = Sense.SANITIZE_IN_PROGRESS;
            return now;
        }
        if (before.hasFailed() && !before.unrestricted() && wanted.unrestricted()) {
            // SBC-3 4.11.4: the restricted completion mode is left by a sanitize operation that succeeds in it.
            refusal = Sense.INVALID_FIELD_IN_CDB.inCdb(1, 5);
            return now;
        }
        return now.withDurable(now.durable().withSanitize(wanted));
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public void notSaved(IOException failure) {
        refusal = Sense.INTERNAL_TARGET_FAILURE;
    }

    @Override
    public void published(UnitState before, UnitState after) {
        Sanitizer started = new Sanitizer(unit, wanted);
        sanitizer = started;
        // In a turn of its own, behind the fence of this one, and whatever becomes of the task.
        unit.afterChanges(started::start);
    }

    @Override
    public Coverage fenced(UnitState before, UnitState after) {
        return task -> runs(task) ? null : Ending.check(Sense.SANITIZE_IN_PROGRESS);
    }

    private boolean runs(Task task) {
        Command command = unit.commands().find(task.cdb());
        return command != null && command.descriptor().duringSanitize();
    }

    @Override
    public void ended(Task task) {
        Sense because = refusal;
        if (because != null) {
            task.terminate(because);
        } else if (immediate) {
            task.good();
        } else {
            Objects.requireNonNull(sanitizer).endWithIt(task);
        }
    }
}
