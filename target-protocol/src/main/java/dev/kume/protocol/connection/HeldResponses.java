package dev.kume.protocol.connection;

import dev.kume.core.scsi.HeldAnswers;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Task;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The SCSI Responses of one session that wait for the F bit of data that the initiator has announced. Their tasks are
 * in no task set any more, so whoever aborts tasks looks here, too. Confined to the session's loop, but for
 * {@link #drop}.
 */
final class HeldResponses implements HeldAnswers {
    private final Connection connection;
    private final @Nullable IscsiTask[] slots;

    /** @param slots the tasks of the session; a slot fills when it is first used */
    HeldResponses(Connection connection, @Nullable IscsiTask[] slots) {
        this.connection = connection;
        this.slots = slots;
    }

    /** Drops those of the unit's tasks that the predicate accepts. */
    void abort(LogicalUnit unit, Predicate<Task> which) {
        for (IscsiTask task : slots) {
            if (task != null && task.unitOrNull() == unit && task.state() == Task.State.COMPLETE && which.test(task)) {
                task.abort();
            }
        }
    }

    @Override
    public void drop(LogicalUnit unit, Runnable done) {
        connection.execute(() -> {
            try {
                abort(unit, task -> true);
            } finally {
                done.run();
            }
        });
    }

    @Override
    public void probe() {
        connection.execute(() -> {
            FullFeature feature = connection.fullFeature();
            if (feature != null) {
                feature.probe();
            }
        });
    }
}
