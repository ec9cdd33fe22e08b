package dev.kume.core.scsi;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.IoJob;
import dev.kume.core.io.LoopPort;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The flush that a reset owes to those who find the write cache off after it: nobody sends them SYNCHRONIZE CACHE for
 * what was written while it was on.
 */
final class FlushJob extends IoJob {
    private final LoopPort home;
    private final LogicalUnit unit;
    private final VirtualDisk disk;
    private final Runnable done;

    private FlushJob(LoopPort home, LogicalUnit unit, VirtualDisk disk, Runnable done) {
        this.home = home;
        this.unit = unit;
        this.disk = disk;
        this.done = done;
    }

    /** The flush between these states, or null when none is owed. */
    static @Nullable FlushJob owed(UnitState before, UnitState after, LoopPort home, LogicalUnit unit, Runnable done) {
        VirtualDisk disk = after.disk();
        boolean goesOff = before.modes().writeCacheEnabled() && !after.modes().writeCacheEnabled();
        return disk == null || !goesOff ? null : new FlushJob(home, unit, disk, done);
    }

    @Override
    protected LoopPort home() {
        return home;
    }

    @Override
    protected void perform() {
        try {
            disk.flush();
        } catch (IOException failure) {
            // The reset has happened all the same; who watches the disk hears of it.
            var _ = unit.failure(failure, true);
        } catch (RuntimeException | Error bug) {
            var _ = unit.bug(bug);
        }
    }

    @Override
    protected void performed() {
        done.run();
    }
}
