package dev.kume.cli.ownership;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.scsi.NexusActivity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk at one moment.
 *
 * @param offlineReason why it is offline; null when it is not
 * @param reservations  its persistent reservations
 * @param reservedBy    who holds it by the old RESERVE; null when nobody does
 * @param history       the last changes of its reservations
 * @param activity      what each nexus has read and written, as far as it is remembered
 * @param freePercent   of the file system that a thin disk takes its space from; null where that is no matter
 */
public record DiskScene(
        @Nullable String offlineReason,
        PersistentReservations reservations,
        @Nullable ITNexus reservedBy,
        ReservationHistory history,
        List<NexusActivity> activity,
        @Nullable Integer freePercent) {
    /** A disk of which nothing is known. */
    static final DiskScene UNKNOWN =
            new DiskScene(null, PersistentReservations.EMPTY, null, ReservationHistory.EMPTY, List.of(), null);

    /** True when some node has used it as a disk of a cluster, by what is remembered. */
    boolean used() {
        return !reservations.registrations().isEmpty() || !history.events().isEmpty() || reservedBy != null;
    }
}
