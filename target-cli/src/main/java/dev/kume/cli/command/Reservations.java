package dev.kume.cli.command;

import dev.kume.cli.api.ReservationView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reservations in words. */
final class Reservations {
    private Reservations() {}

    /** Who holds the disk, by whichever method; null when nobody does. */
    static ReservationView.@Nullable Nexus holder(ReservationView disk) {
        ReservationView.Held held = disk.reservation();
        return held == null ? disk.reservedBy() : held.holder();
    }

    /** How it is held; an empty text when it is not. */
    static String type(ReservationView disk) {
        ReservationView.Held held = disk.reservation();
        if (held != null) {
            return held.type();
        }
        return disk.reservedBy() == null ? "" : "RESERVE (SCSI-2)";
    }

    static String target(ReservationView.Nexus nexus) {
        return nexus.target() == null ? nexus.targetIqn() + " (removed)" : nexus.target();
    }

    /** {@code iqn...:hv-node1 (ISID 400001370000) through hv-node1, connected from 10.0.0.1:4711}. */
    static String nexus(ReservationView.Nexus nexus) {
        String where = nexus.connected() ? "connected from " + nexus.address() : "not connected";
        return "%s (ISID %s) through %s, %s".formatted(nexus.initiator(), nexus.isid(), target(nexus), where);
    }

    /** The nodes that are registered, or hold the disk, and have a session now. */
    static List<String> connected(ReservationView disk) {
        return disk.registrations().stream()
                .map(ReservationView.Registration::nexus)
                .filter(ReservationView.Nexus::connected)
                .map(ReservationView.Nexus::initiator)
                .distinct()
                .sorted()
                .toList();
    }
}
