package dev.kume.core.scsi;

/** Who works for a task outside of the task's own disk work: the unit's mailbox, or a copy between two units. */
@FunctionalInterface
public interface Hold {
    /**
     * A doom asks whether the task may end at once. On the task's loop; true gives the task up.
     *
     * @return false when something for it is under way: whoever does that ends the task, by {@link Task#letGo}
     */
    boolean letsGo();
}
