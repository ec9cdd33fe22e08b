package dev.kume.core.scsi;

import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a logical unit that a command needs, as one immutable value behind one volatile reference. A command
 * reads it once and takes no lock.
 *
 * @param disk           the open disk, or null while the unit is offline and answers NOT READY
 * @param offlineReason  why there is no disk, for people; null when there is one
 * @param geometry       blocks
 * @param writeProtected true when no write is allowed, whoever asks: a read-only disk
 * @param modes          mode pages, current values
 * @param reservedBy     holder of a reservation by RESERVE(6) or (10) (SPC-2 5.5), or null; a reset ends it
 * @param durable        what outlives the daemon
 */
public record UnitState(
        @Nullable VirtualDisk disk,
        @Nullable String offlineReason,
        BlockGeometry geometry,
        boolean writeProtected,
        ModeState modes,
        @Nullable ITNexus reservedBy,
        DurableState durable) {

    public UnitState {
        disk = disk == null ? null : IsolatedDisk.of(disk);
    }

    /** A writable disk that has never been used. */
    public static UnitState of(VirtualDisk disk, BlockGeometry geometry) {
        return new UnitState(disk, null, geometry, false, ModeState.DEFAULT, null, DurableState.INITIAL);
    }

    /** True when writes end in WRITE PROTECTED, by the disk or by SWP. */
    public boolean refusesWrites() {
        return writeProtected || modes.softwareWriteProtect();
    }

    /** The disk, which keeps the steps of different commands apart. */
    public @Nullable IsolatedDisk isolatedDisk() {
        return (IsolatedDisk) disk;
    }

    public PersistentReservations reservations() {
        return durable.reservations();
    }

    /** After a reset, SAM-5 6.3.3: mode pages as saved, and no reservation by RESERVE(6) or (10). */
    public UnitState afterReset() {
        return new UnitState(disk, offlineReason, geometry, writeProtected, durable.savedModes(), null, durable);
    }

    public UnitState withModes(ModeState changed) {
        return new UnitState(disk, offlineReason, geometry, writeProtected, changed, reservedBy, durable);
    }

    public UnitState withWriteProtected(boolean changed) {
        return new UnitState(disk, offlineReason, geometry, changed, modes, reservedBy, durable);
    }

    public UnitState withGeometry(BlockGeometry changed) {
        return new UnitState(disk, offlineReason, changed, writeProtected, modes, reservedBy, durable);
    }

    public UnitState withReservedBy(@Nullable ITNexus changed) {
        return new UnitState(disk, offlineReason, geometry, writeProtected, modes, changed, durable);
    }

    public UnitState withDurable(DurableState changed) {
        return new UnitState(disk, offlineReason, geometry, writeProtected, modes, reservedBy, changed);
    }

    public UnitState offline(String reason) {
        return new UnitState(null, reason, geometry, writeProtected, modes, reservedBy, durable);
    }
}
