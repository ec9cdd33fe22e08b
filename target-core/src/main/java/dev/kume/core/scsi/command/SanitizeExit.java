package dev.kume.core.scsi.command;

import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** EXIT FAILURE MODE, SBC-3 5.30.5: where the failed operation allowed it by AUSE. */
final class SanitizeExit implements UnitChange {
    private @Nullable Sense refusal;

    @Override
    public UnitState apply(UnitState now) {
        SanitizeState before = now.durable().sanitize();
        if (before.isRunning()) {
            refusal = Sense.SANITIZE_IN_PROGRESS;
            return now;
        }
        if (!before.hasFailed()) {
            return now;
        }
        if (!before.unrestricted()) {
            refusal = Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4);
            return now;
        }
        return now.withDurable(now.durable().withSanitize(SanitizeState.NONE));
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
    public void ended(Task task) {
        Sense because = refusal;
        if (because == null) {
            task.good();
        } else {
            task.terminate(because);
        }
    }
}
