package dev.kume.core.scsi;

import dev.kume.core.nexus.ITNexus;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of a logical unit's state: MODE SELECT, PERSISTENT RESERVE OUT, or an administrator's. Its turn in the
 * unit's mailbox goes: {@link #apply}, make durable, publish, {@link #published}, fence what the new state refuses.
 * Then it has {@link #ended}.
 *
 * <p>Nothing here may wait. A turn that has begun goes to its end, whatever becomes of the task that asked for it.
 */
public interface UnitChange {
    /** The state after the change; the same instance when nothing changes, and nothing is made durable then. */
    UnitState apply(UnitState now);

    /** True when the new state must be durable before anybody sees it. Asked after {@link #apply}. */
    default boolean isDurable() {
        return false;
    }

    /** The coverage of {@link #fenced} for tasks that reservations of this state refuse; they end in a conflict. */
    static @Nullable Coverage refusedBy(UnitState after) {
        return Conflicts.fence(after, Set.of());
    }

    /** The new state could not be made durable, so nothing has changed; {@link #ended} follows. */
    default void notSaved(IOException failure) {
        throw new IllegalStateException("not asked to be durable", failure);
    }

    /** The change is visible to every command from now on. Not told when nothing has changed. */
    default void published(UnitState before, UnitState after) {}

    /** The tasks that the new state takes access from, or null for none. Asked after {@link #published}. */
    default @Nullable Coverage fenced(UnitState before, UnitState after) {
        return null;
    }

    /**
     * The nexuses whose commands this change has aborted: answers of theirs that sessions still hold are dropped before
     * the turn ends. Asked after {@link #fenced}.
     */
    default Set<ITNexus> aborted() {
        return Set.of();
    }

    /**
     * The turn is over: what the new state refuses can no more reach the disk. Ends the task as {@link Command#begin}
     * does. On the task's loop; not told to a task that was doomed meanwhile.
     */
    void ended(Task task);
}
