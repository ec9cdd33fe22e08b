package dev.kume.core.scsi;

/**
 * The answers that a session holds back: those of commands that are complete, and whose initiator has yet to send what
 * it announced. Such a command is in no task set any more.
 */
public interface HeldAnswers {
    /** A session that holds nothing. */
    HeldAnswers NONE = (unit, done) -> done.run();

    /**
     * Drops the answers of the unit's commands. Any thread.
     *
     * @param done told once, on some thread, when none of them can be sent any more
     */
    void drop(LogicalUnit unit, Runnable done);
}
