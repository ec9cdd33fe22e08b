package dev.kume.core.scsi;

/**
 * A change of a logical unit's state that a command asks for: MODE SELECT now. It waits for its turn in the unit's
 * mailbox, is published, and then goes on with {@link #run} on a disk thread before the command answers.
 */
public interface UnitChange extends Task.Work {
    /** The state after the change. In turn; never waits. */
    UnitState apply(UnitState now);

    /** The change is visible to every command from now on. In turn; never waits. */
    void published(UnitState before, UnitState after);
}
