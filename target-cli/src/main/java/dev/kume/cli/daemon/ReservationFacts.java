package dev.kume.cli.daemon;

import dev.kume.cli.api.ReservationView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.ownership.ReservationWords;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.scsi.UnitState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The reservations of a disk as clients of the API see them: nexuses with the names of targets, and where they are. */
final class ReservationFacts {
    private final Map<String, String> targetsByIqn;
    private final Map<String, SessionView> sessionsByNexus;

    ReservationFacts(Inventory inventory, List<SessionView> sessions) {
        targetsByIqn = inventory.targets().stream().collect(Collectors.toMap(TargetRecord::iqn, TargetRecord::name));
        sessionsByNexus = sessions.stream()
                .filter(session -> session.targetIqn() != null)
                .collect(Collectors.toMap(ReservationFacts::nexusOf, Function.identity(), (one, other) -> one));
    }

    private static String nexusOf(SessionView session) {
        return nexus(
                session.initiator(), session.isid(), String.valueOf(session.targetIqn()), session.portalGroupTag());
    }

    private static String nexus(String initiator, String isid, String targetIqn, int portalGroup) {
        return String.join(" ", initiator, isid, targetIqn, Integer.toString(portalGroup));
    }

    /** What stands in the state of a disk. */
    ReservationView view(String disk, UnitState state) {
        PersistentReservations reservations = state.reservations();
        ITNexus reservedBy = state.reservedBy();
        return new ReservationView(
                disk,
                Integer.toUnsignedLong(reservations.generation()),
                reservations.throughPowerLoss(),
                held(reservations),
                reservedBy == null ? null : nexus(reservedBy),
                reservations.registrations().stream()
                        .map(each -> registration(each, reservations.reservation()))
                        .toList(),
                state.durable().history().events().reversed().stream()
                        .map(ReservationFacts::change)
                        .toList());
    }

    private static ReservationView.Change change(ReservationEvent event) {
        // The key that the action is about is the new or the foreign one where there is one, else the sender's own.
        long key = event.actionKey() != 0 ? event.actionKey() : event.key();
        List<String> removed = new ArrayList<>(event.removed().stream()
                .map(registration -> registration.nexus().toString())
                .toList());
        if (event.removedCount() > removed.size()) {
            removed.add("%d more".formatted(event.removedCount() - removed.size()));
        }
        return new ReservationView.Change(
                event.at(),
                by(event),
                event.cause().name().replace('_', ' '),
                key == 0 ? null : ReservationWords.key(key),
                event.type() == null ? null : ReservationWords.type(event.type()),
                Integer.toUnsignedLong(event.generation()),
                removed);
    }

    private static String by(ReservationEvent event) {
        ITNexus by = event.by();
        return by != null
                ? by.toString()
                : event.cause() == Cause.POWER_LOST ? "the restart of the host" : "administrator";
    }

    private ReservationView.@Nullable Held held(PersistentReservations reservations) {
        Reservation reservation = reservations.reservation();
        if (reservation == null) {
            return null;
        }
        long key = reservations.registrations().stream()
                .filter(registration -> registration.nexus().equals(reservation.holder()))
                .mapToLong(Registration::key)
                .findFirst()
                .orElse(0);
        return new ReservationView.Held(
                ReservationWords.type(reservation.type()),
                reservation.type().code(),
                nexus(reservation.holder()),
                ReservationWords.key(key),
                reservation.since());
    }

    private ReservationView.Registration registration(Registration registration, @Nullable Reservation reservation) {
        boolean holder = reservation != null
                && (reservation.type().isAllRegistrants()
                        || reservation.holder().equals(registration.nexus()));
        return new ReservationView.Registration(
                nexus(registration.nexus()),
                ReservationWords.key(registration.key()),
                registration.allTargetPorts(),
                registration.since(),
                holder);
    }

    private ReservationView.Nexus nexus(ITNexus nexus) {
        String isid = "%012x".formatted(nexus.isid());
        SessionView session =
                sessionsByNexus.get(nexus(nexus.initiatorName(), isid, nexus.targetName(), nexus.targetPortalGroup()));
        return new ReservationView.Nexus(
                nexus.initiatorName(),
                isid,
                targetsByIqn.get(nexus.targetName()),
                nexus.targetName(),
                nexus.targetPortalGroup(),
                session != null,
                session == null ? null : session.address());
    }
}
