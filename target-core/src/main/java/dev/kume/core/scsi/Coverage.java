package dev.kume.core.scsi;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which tasks a fence or a quiesce ends, and how. Asked once of each task, on the task's loop. */
@FunctionalInterface
public interface Coverage {
    /** Every task ends without an answer. */
    Coverage ALL = task -> Ending.SILENT;

    /** How the task ends, or null when it goes on. */
    @Nullable
    Ending of(Task task);

    /** The tasks that the predicate accepts end without an answer. */
    static Coverage silent(Predicate<Task> covered) {
        return task -> covered.test(task) ? Ending.SILENT : null;
    }
}
