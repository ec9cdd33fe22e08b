package dev.kume.cli.alert;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.io.ServiceTimes;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import org.jspecify.annotations.Nullable;

/**
 * A disk at one moment.
 *
 * @param offlineReason why it is offline; null when it is not
 * @param asked         somebody wanted it offline
 * @param reservations  who is registered and who holds it
 * @param reservedBy    who holds it by the old RESERVE; null when nobody does
 * @param longestNanos  how long the oldest of its commands takes already that the device has; 0 when it has none
 * @param times         how long its commands took; null when it has no unit
 * @param growBytes     what it may still take of its file system
 */
public record DiskLook(
        DiskRecord disk,
        @Nullable String offlineReason,
        boolean asked,
        PersistentReservations reservations,
        @Nullable ITNexus reservedBy,
        long longestNanos,
        @Nullable ServiceTimes times,
        long growBytes) {}
