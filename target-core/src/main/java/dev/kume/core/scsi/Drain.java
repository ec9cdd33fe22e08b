package dev.kume.core.scsi;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One fence or quiesce: the covered tasks of a unit are doomed on every loop, and those inside disk I/O are waited for.
 *
 * <p>Tasks that wait for data from an initiator end at once, so a frozen initiator cannot delay it. When {@code done}
 * runs, nothing that was covered can reach the disk any more.
 */
final class Drain {
    private final Coverage coverage;
    private final @Nullable Task requester;
    private final boolean waitsForEnds;
    private final AtomicInteger loopsLeft;
    private final Runnable done;
    private final Set<ITLNexus> affected = ConcurrentHashMap.newKeySet();

    /**
     * @param waitsForEnds true: {@code done} runs when the tasks have ended. False: when they cannot reach the disk any
     *                     more, which those that still wait in its queue behind others' cannot
     */
    Drain(Coverage coverage, @Nullable Task requester, boolean waitsForEnds, int loops, Runnable done) {
        this.coverage = coverage;
        this.requester = requester;
        this.waitsForEnds = waitsForEnds;
        this.loopsLeft = new AtomicInteger(loops);
        this.done = done;
    }

    /** How the task ends; null when it goes on. */
    @Nullable
    Ending endingOf(Task task) {
        return task == requester ? null : coverage.of(task);
    }

    boolean waitsForEnds() {
        return waitsForEnds;
    }

    /** Remembers whose task ends here, for the unit attention that tells them. */
    void dooming(Task task) {
        affected.add(task.nexus());
    }

    Set<ITLNexus> affected() {
        return affected;
    }

    /** A loop has nothing covered left. The last one runs what waited. */
    void loopDone() {
        if (loopsLeft.decrementAndGet() == 0) {
            done.run();
        }
    }
}
