package dev.kume.core.scsi;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A task's place in the mailbox of its unit. Either the turn comes and the change is made, or the task was doomed
 * before and nothing is changed: whoever claims first decides.
 */
final class Turn implements Hold {
    private final UnitChange change;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile @Nullable Throwable bug;

    Turn(UnitChange change) {
        this.change = change;
    }

    UnitChange change() {
        return change;
    }

    /** True for the first who asks: the mailbox, whose turn has come, or a doom, that keeps it from coming. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    @Override
    public boolean letsGo() {
        return claim();
    }

    /** An error of our own cut the turn short. */
    void failed(Throwable because) {
        bug = because;
    }

    @Nullable
    Throwable bug() {
        return bug;
    }
}
