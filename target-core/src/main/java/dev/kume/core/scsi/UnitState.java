package dev.kume.core.scsi;

import dev.kume.core.disk.VirtualDisk;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a logical unit that a command needs, as one immutable value behind one volatile reference. A command
 * reads it once and takes no lock.
 *
 * @param disk           the open disk, or null while the unit is offline and answers NOT READY
 * @param offlineReason  why there is no disk, for people; null when there is one
 * @param geometry       blocks
 * @param writeProtected true when no write is allowed: a read-only disk or mapping
 * @param modes          mode pages
 */
public record UnitState(
        @Nullable VirtualDisk disk,
        @Nullable String offlineReason,
        BlockGeometry geometry,
        boolean writeProtected,
        ModeState modes) {

    /** True when writes end in WRITE PROTECTED, by the disk or by SWP. */
    public boolean refusesWrites() {
        return writeProtected || modes.softwareWriteProtect();
    }

    public UnitState withModes(ModeState changed) {
        return new UnitState(disk, offlineReason, geometry, writeProtected, changed);
    }

    public UnitState withWriteProtected(boolean changed) {
        return new UnitState(disk, offlineReason, geometry, changed, modes);
    }

    public UnitState offline(String reason) {
        return new UnitState(null, reason, geometry, writeProtected, modes);
    }
}
