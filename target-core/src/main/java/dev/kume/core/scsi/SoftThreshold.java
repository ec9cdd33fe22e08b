package dev.kume.core.scsi;

import dev.kume.core.disk.DiskSpace;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The soft threshold of a thin unit, SBC-3 4.7.3.8: when the space that is left where its disk lies falls to so many
 * percent, every nexus is told once, through all targets. It is armed again when there is one percent more.
 */
public final class SoftThreshold {
    private final LogicalUnit unit;
    private final int percent;
    private boolean reached;
    private volatile @Nullable DiskSpace space;

    /** @param percent of the host's file system; 0 tells nobody */
    public SoftThreshold(LogicalUnit unit, int percent) {
        this.unit = unit;
        this.percent = percent;
    }

    /**
     * Measures, and tells the nexuses when the threshold has been crossed. On a disk thread.
     *
     * @return true when they have been told now
     */
    public synchronized boolean look() throws IOException {
        VirtualDisk disk = unit.state().disk();
        if (disk == null || !disk.info().thin()) {
            return false;
        }
        DiskSpace measured = disk.measureSpace();
        space = measured;
        if (measured == null || percent == 0) {
            return false;
        }
        if (!reached && measured.freeBytes() <= measured.percentBytes(percent)) {
            reached = true;
            unit.raise(Sense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED, nexus -> true);
            return true;
        }
        if (measured.freeBytes() > measured.percentBytes(percent + 1)) {
            reached = false;
        }
        return false;
    }

    /** What was measured last; null before that, and where there is nothing to measure. Any thread. */
    public @Nullable DiskSpace space() {
        return space;
    }
}
