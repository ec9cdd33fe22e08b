package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Outcome;
import dev.kume.core.reservation.ReferenceReservations.Request;
import dev.kume.core.reservation.ReferenceReservations.Status;
import java.time.Instant;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random commands of six nexuses through two targets: the state machine does what {@link ReferenceReservations} does,
 * step by step. {@code -Dkume.model.minutes=60} goes on for so long with ever new seeds.
 */
final class ReservationModelTest {
    private static final List<String> INITIATORS = List.of("iqn.node1,i,0x1", "iqn.node1,i,0x2", "iqn.node2,i,0x1");
    private static final List<String> TARGETS = List.of("iqn.t1", "iqn.t2");
    private static final int STEPS = 1_000;
    private static final int SEQUENCES = 600;

    /** So few that they run out: six nexuses at times want to be registered. */
    private static final int REGISTRATIONS_MAX = 5;

    private static final Map<Action, ServiceAction> ACTIONS = new EnumMap<>(Map.of(
            Action.REGISTER, ServiceAction.REGISTER,
            Action.RESERVE, ServiceAction.RESERVE,
            Action.RELEASE, ServiceAction.RELEASE,
            Action.CLEAR, ServiceAction.CLEAR,
            Action.PREEMPT, ServiceAction.PREEMPT,
            Action.PREEMPT_AND_ABORT, ServiceAction.PREEMPT_AND_ABORT,
            Action.REGISTER_AND_IGNORE, ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY,
            Action.REGISTER_AND_MOVE, ServiceAction.REGISTER_AND_MOVE));

    private static final Map<Status, ReservationResult.Verdict> VERDICTS = new EnumMap<>(Map.of(
            Status.GOOD, ReservationResult.Verdict.GOOD,
            Status.CONFLICT, ReservationResult.Verdict.CONFLICT,
            Status.NOTHING_TO_MOVE, ReservationResult.Verdict.NOTHING_TO_MOVE,
            Status.INVALID_RELEASE, ReservationResult.Verdict.INVALID_RELEASE,
            Status.INVALID_ACTION_KEY, ReservationResult.Verdict.INVALID_ACTION_KEY,
            Status.INVALID_SPECIFIED_PORTS, ReservationResult.Verdict.INVALID_SPECIFIED_PORTS,
            Status.INVALID_DESTINATION, ReservationResult.Verdict.INVALID_DESTINATION,
            Status.NO_RESOURCES, ReservationResult.Verdict.NO_RESOURCES));

    private final BitSet rowsUsed = new BitSet();
    private final Map<Nexus, ITNexus> nexuses = new HashMap<>();
    private final Map<ITNexus, Nexus> names = new HashMap<>();

    ReservationModelTest() {
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

    @Test
    void theStateMachineDoesWhatTheTablesSay() {
        Set<Status> statuses = EnumSet.noneOf(Status.class);
        long begin = System.nanoTime();
        Trials.forSeed(1, SEQUENCES, random -> statuses.addAll(sequence(random)));
        long steps = (long) STEPS * SEQUENCES;
        if (Long.getLong("kume.seed") == null) {
            assertEquals(EnumSet.allOf(Status.class), statuses, "every end of a command was met");
            assertEquals(ReferenceReservations.decisions(), rowsUsed.cardinality(), () -> "rows used: " + rowsUsed);
        }
        long end = begin + TimeUnit.MINUTES.toNanos(Long.getLong("kume.model.minutes", 0));
        for (long seed = SEQUENCES + 1; System.nanoTime() < end; seed++) {
            Trials.forSeed(seed, 1, random -> statuses.addAll(sequence(random)));
            steps += STEPS;
        }
        System.out.printf(
                "persistent reservations against the model: %d steps, %.0f each second%n",
                steps, steps * 1e9 / (System.nanoTime() - begin));
    }

    private Set<Status> sequence(RandomGenerator random) {
        Set<Status> statuses = EnumSet.noneOf(Status.class);
        RandomRequests requests = new RandomRequests(random, INITIATORS, TARGETS);
        ReferenceReservations model = new ReferenceReservations(REGISTRATIONS_MAX);
        PersistentReservations state = PersistentReservations.EMPTY;
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(100) == 0) {
                model.losePower();
                state = state.afterPowerLoss();
                assertEquals(model.describe(), describe(state), "after a loss of power");
                continue;
            }
            Request request = requests.next(model);
            Outcome expected = model.run(request);
            ReservationResult result = state.apply(production(request, step), REGISTRATIONS_MAX);
            PersistentReservations before = state;
            Supplier<String> where = () -> "%s in %s".formatted(request, describe(before));
            compare(where, expected, result);
            assertState(where, model, result.state());
            if (before.equals(result.state())) {
                assertSame(before, result.state(), where);
            }
            assertAccess(where, model, result.state());
            statuses.add(expected.status());
            state = result.state();
        }
        rowsUsed.or(model.rowsUsed());
        return statuses;
    }

    private ReservationRequest production(Request request, int step) {
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

    private ITNexus nexus(Nexus name) {
        return Objects.requireNonNull(nexuses.get(name));
    }

    private void compare(Supplier<String> where, Outcome expected, ReservationResult result) {
        assertEquals(VERDICTS.get(expected.status()), result.verdict(), where);
        Map<Nexus, ReferenceReservations.Attention> attentions = new HashMap<>();
        for (ReservationResult.Attention each : result.attentions()) {
            var condition =
                    ReferenceReservations.Attention.valueOf(each.condition().name());
            assertTrue(
                    attentions.put(name(each.nexus()), condition) == null, () -> where.get() + ": told twice: " + each);
        }
        assertEquals(expected.attentions(), attentions, where);
        Set<Nexus> aborted = new HashSet<>();
        result.aborted().forEach(each -> aborted.add(name(each)));
        assertEquals(expected.aborted(), aborted, where);
    }

    private Nexus name(ITNexus nexus) {
        return Objects.requireNonNull(names.get(nexus));
    }

    private void assertAccess(Supplier<String> where, ReferenceReservations model, PersistentReservations state) {
        for (Map.Entry<Nexus, ITNexus> each : nexuses.entrySet()) {
            ReferenceAccess.Standing standing = ReferenceAccess.standing(model, each.getKey());
            boolean any = !model.keys().isEmpty();
            assertEquals(
                    ReferenceAccess.allows(new byte[] {0x28}, -1, standing, any),
                    state.allows(each.getValue(), PersistentReservations.Access.READ),
                    () -> each.getKey() + " reads after " + where.get());
            assertEquals(
                    ReferenceAccess.allows(new byte[] {0x2A}, -1, standing, any),
                    state.allows(each.getValue(), PersistentReservations.Access.WRITE),
                    () -> each.getKey() + " writes after " + where.get());
        }
    }

    private void assertState(Supplier<String> where, ReferenceReservations model, PersistentReservations state) {
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
        if (!same) {
            assertEquals(model.describe(), describe(state), where);
            throw new AssertionError(where.get());
        }
    }

    /** The state as {@link ReferenceReservations#describe} tells it. */
    private String describe(PersistentReservations state) {
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
