package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has a disk: its persistent reservation and the nexuses registered with it (SPC-4 5.13), whatever targets they
 * came through.
 *
 * @param disk             the disk's name
 * @param generation       PRGENERATION
 * @param throughPowerLoss APTPL of the last registration: all of it outlives the power of this host
 * @param reservation      null when nobody holds the disk
 * @param reservedBy       the nexus that holds the disk by the old RESERVE(6) or (10); null when none does
 * @param registrations    in the order in which they came
 * @param history          the last changes, newest first
 */
public record ReservationView(
        String disk,
        long generation,
        boolean throughPowerLoss,
        @Nullable Held reservation,
        @Nullable Nexus reservedBy,
        List<Registration> registrations,
        List<Change> history) {
    public ReservationView {
        registrations = Lists.orEmpty(registrations);
        history = Lists.orEmpty(history);
    }

    /**
     * One end of a way to the disk, and who stands there.
     *
     * @param initiator   iSCSI name of the node
     * @param isid        12 hexadecimal digits: which of its ports
     * @param target      the target's name; null when the target is no more
     * @param targetIqn   the target's iSCSI name
     * @param portalGroup portal group tag
     * @param connected   a session of this nexus is logged in now
     * @param address     where it is connected from; null when it is not
     */
    public record Nexus(
            String initiator,
            String isid,
            @Nullable String target,
            String targetIqn,
            int portalGroup,
            boolean connected,
            @Nullable String address) {}

    /**
     * The reservation.
     *
     * @param type    {@code write exclusive, registrants only} and so on
     * @param code    TYPE, such as 5
     * @param holder  the nexus that made it; of an all-registrants type every registered nexus holds it as well
     * @param key     its key, 16 hexadecimal digits
     * @param since   when it came to hold the disk
     */
    public record Held(String type, int code, Nexus holder, String key, Instant since) {}

    /**
     * A registered nexus.
     *
     * @param key            16 hexadecimal digits
     * @param allTargetPorts registered with ALL_TG_PT
     * @param since          when it was registered
     * @param holder         it holds the reservation
     */
    public record Registration(Nexus nexus, String key, boolean allTargetPorts, Instant since, boolean holder) {}

    /**
     * What was done, and by whom.
     *
     * @param by         the nexus, or {@code administrator}
     * @param action     service action, such as {@code PREEMPT AND ABORT}
     * @param key        the key that it was about, 16 hexadecimal digits; null where there is none
     * @param type       type of reservation that it named; null where there is none
     * @param generation PRGENERATION afterwards
     * @param removed    nexuses whose registration it removed
     */
    public record Change(
            Instant at,
            String by,
            String action,
            @Nullable String key,
            @Nullable String type,
            long generation,
            List<String> removed) {
        public Change {
            removed = Lists.orEmpty(removed);
        }
    }

    /** Answer of {@code GET /v1/reservations}: every disk, by name. */
    public record Listing(List<ReservationView> reservations) {}
}
