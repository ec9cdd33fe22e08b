package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Request;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The words of the model for those of the state machine: six nexuses of three initiator ports through two targets. */
final class ReferenceBridge {
    static final List<String> INITIATORS = List.of("iqn.node1,i,0x1", "iqn.node1,i,0x2", "iqn.node2,i,0x1");
    static final List<String> TARGETS = List.of("iqn.t1", "iqn.t2");
    private static final Map<Action, ServiceAction> ACTIONS = new EnumMap<>(Map.of(
            Action.REGISTER, ServiceAction.REGISTER,
            Action.RESERVE, ServiceAction.RESERVE,
            Action.RELEASE, ServiceAction.RELEASE,
            Action.CLEAR, ServiceAction.CLEAR,
            Action.PREEMPT, ServiceAction.PREEMPT,
            Action.PREEMPT_AND_ABORT, ServiceAction.PREEMPT_AND_ABORT,
            Action.REGISTER_AND_IGNORE, ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY,
            Action.REGISTER_AND_MOVE, ServiceAction.REGISTER_AND_MOVE));

    final Map<Nexus, ITNexus> nexuses = new HashMap<>();
    private final Map<ITNexus, Nexus> names = new HashMap<>();

    ReferenceBridge() {
        for (String initiator : INITIATORS) {
            for (String target : TARGETS) {
                String[] port = initiator.split(",i,0x");
                ITNexus nexus = new ITNexus(port[0], Long.parseLong(port[1], 16), target, 1);
                Nexus name = new Nexus(initiator, target);
                nexuses.put(name, nexus);
                names.put(nexus, name);
            }
        }
    }

    /** The request as the state machine takes it. */
    ReservationRequest production(Request request, int step) {
        return new ReservationRequest(
                Objects.requireNonNull(ACTIONS.get(request.action())),
                nexus(request.from()),
                request.key(),
                request.actionKey(),
                ReservationType.of(request.type()),
                request.further().stream().map(this::nexus).toList(),
                request.specifiesPorts(),
                request.allTargetPorts(),
                request.throughPowerLoss(),
                request.moveTo() == null ? null : nexus(request.moveTo()),
                request.unregister(),
                Instant.ofEpochSecond(step));
    }

    ITNexus nexus(Nexus name) {
        return Objects.requireNonNull(nexuses.get(name));
    }

    Nexus name(ITNexus nexus) {
        return Objects.requireNonNull(names.get(nexus));
    }

    /** Fails unless the state is that of the model. */
    void assertState(Supplier<String> where, ReferenceReservations model, PersistentReservations state) {
        if (!same(model, state)) {
            assertEquals(model.describe(), describe(state), where);
            throw new AssertionError(where.get());
        }
    }

    /** True where nothing tells the state from that of the model. */
    boolean same(ReferenceReservations model, PersistentReservations state) {
        boolean same = model.generation() == state.generation()
                && model.throughPowerLoss() == state.throughPowerLoss()
                && model.keys().size() == state.registrations().size();
        for (Registration each : state.registrations()) {
            Nexus name = name(each.nexus());
            same &= model.isRegistered(name)
                    && model.key(name) == each.key()
                    && model.holds(name) == state.isHolder(each.nexus());
        }
        Reservation reservation = state.reservation();
        same &= model.type() == (reservation == null ? 0 : reservation.type().code());
        return same;
    }

    /** The state as {@link ReferenceReservations#describe} tells it. */
    String describe(PersistentReservations state) {
        Reservation reservation = state.reservation();
        TreeSet<String> lines = new TreeSet<>();
        for (Registration each : state.registrations()) {
            boolean holds = holds(reservation, each.nexus());
            assertEquals(holds, state.isHolder(each.nexus()));
            lines.add("%s %x%s".formatted(name(each.nexus()), each.key(), holds ? " holds" : ""));
        }
        int type = reservation == null ? 0 : reservation.type().code();
        return "generation %d, type %d, aptpl %b, %s"
                .formatted(state.generation(), type, state.throughPowerLoss(), lines);
    }

    private static boolean holds(@Nullable Reservation reservation, ITNexus nexus) {
        return reservation != null
                && (Set.of(7, 8).contains(reservation.type().code())
                        || reservation.holder().equals(nexus));
    }
}
