package dev.kume.cli.daemon;

import dev.kume.cli.guard.Guards;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes wrong below a logical unit, in the log: the first of a kind and then each thousandth, for disks fail
 * fast.
 */
final class FailureLog implements LogicalUnit.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long EACH = 1_000;

    private final String file;
    private final Guards guards;
    private final Changed journal;
    private final AtomicLong failures = new AtomicLong();

    /** Hears of changes of a unit; any thread, so it must not wait. */
    @FunctionalInterface
    interface Changed {
        void changed(UnitState before, UnitState after);
    }

    /**
     * @param guards  hear of what is no failure, but worth an alarm
     * @param journal hears of changes
     */
    FailureLog(String file, Guards guards, Changed journal) {
        this.file = file;
        this.guards = guards;
        this.journal = journal;
    }

    @Override
    public void changed(LogicalUnit unit, UnitState before, UnitState after) {
        journal.changed(before, after);
    }

    @Override
    public void ioFailed(LogicalUnit unit, IOException failure) {
        long number = failures.getAndIncrement();
        if (number % EACH == 0) {
            DiskEvent.FAILED.log(LOG, unit.name(), file, number + 1, Causes.of(failure));
        }
    }

    @Override
    public void hostRefused(LogicalUnit unit, String host, String holder) {
        guards.hostRefused(unit, host, holder);
    }

    @Override
    public void bug(LogicalUnit unit, Throwable bug) {
        DiskEvent.BUG.log(LOG, unit.name(), bug);
    }
}
