package dev.kume.core.scsi;

/**
 * What a unit asks of a session that it serves. First of all this is about the answers that the session holds back:
 * those of commands that are complete, and whose initiator has yet to send what it announced. Such a command is in no
 * task set any more.
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

    /**
     * Asks the initiator for a sign of life, at once. A session that gives none in time ends. Any thread; a session
     * that nobody can fall silent on has nothing to ask.
     */
    default void probe() {}
}
