package dev.kume.cli.daemon;

import dev.kume.cli.alert.AlertInbox;
import dev.kume.cli.files.Causes;
import dev.kume.cli.guard.Guards;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes wrong below a logical unit, in the log, which counts what is alike: disks fail fast. */
final class FailureLog implements LogicalUnit.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private final DiskRecord disk;
    private final Guards guards;
    private final AlertInbox alerts;
    private final Changed journal;
    private final AtomicLong failures = new AtomicLong();

    /** Hears of changes of a unit; any thread, so it must not wait. */
    @FunctionalInterface
    interface Changed {
        void changed(UnitState before, UnitState after);
    }

    /**
     * @param guards  hear of what is no failure, but worth an alarm
     * @param alerts  hear of each failure
     * @param journal hears of changes
     */
    FailureLog(DiskRecord disk, Guards guards, AlertInbox alerts, Changed journal) {
        this.disk = disk;
        this.guards = guards;
        this.alerts = alerts;
        this.journal = journal;
    }

    @Override
    public void changed(LogicalUnit unit, UnitState before, UnitState after) {
        journal.changed(before, after);
        tell(unit, before.reservations().reservation(), after.reservations().reservation());
    }

    /** A node that holds a disk by another path, or anew, is the same. */
    private static void tell(LogicalUnit unit, @Nullable Reservation before, @Nullable Reservation after) {
        String former = before == null ? null : before.holder().initiatorName();
        String now = after == null ? null : after.holder().initiatorName();
        if (after != null && !after.holder().initiatorName().equals(former)) {
            DiskEvent.RESERVED.log(LOG, unit.name(), now, after.type(), former);
        } else if (after == null && before != null) {
            DiskEvent.RESERVATION_GONE.log(LOG, unit.name(), former);
        }
    }

    @Override
    public void ioFailed(LogicalUnit unit, IOException failure) {
        String cause = Causes.of(failure);
        alerts.ioFailed(disk.identity().uuid(), cause, unit.lane().clock().nanoTime());
        DiskEvent.FAILED.log(LOG, unit.name(), disk.file(), failures.incrementAndGet(), cause);
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
