package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Outcome;
import dev.kume.core.reservation.ReferenceReservations.Request;
import dev.kume.core.reservation.ReferenceReservations.Status;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Random commands of six nexuses through two targets: the state machine does what {@link ReferenceReservations} does,
 * step by step. {@code -Dkume.model.minutes=60} goes on for so long with ever new seeds.
 */
final class ReservationModelTest {
    private static final int STEPS = 1_000;
    private static final int SEQUENCES = 600;

    /** So few that they run out: six nexuses at times want to be registered. */
    private static final int REGISTRATIONS_MAX = 5;

    private static final Map<Status, ReservationResult.Verdict> VERDICTS = new EnumMap<>(Map.of(
            Status.GOOD, ReservationResult.Verdict.GOOD,
            Status.CONFLICT, ReservationResult.Verdict.CONFLICT,
            Status.NOTHING_TO_MOVE, ReservationResult.Verdict.NOTHING_TO_MOVE,
            Status.INVALID_RELEASE, ReservationResult.Verdict.INVALID_RELEASE,
            Status.INVALID_ACTION_KEY, ReservationResult.Verdict.INVALID_ACTION_KEY,
            Status.INVALID_SPECIFIED_PORTS, ReservationResult.Verdict.INVALID_SPECIFIED_PORTS,
            Status.INVALID_DESTINATION, ReservationResult.Verdict.INVALID_DESTINATION,
            Status.NO_RESOURCES, ReservationResult.Verdict.NO_RESOURCES));

    private final ReferenceBridge bridge = new ReferenceBridge();
    private final BitSet rowsUsed = new BitSet();

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
        RandomRequests requests = new RandomRequests(random, ReferenceBridge.INITIATORS, ReferenceBridge.TARGETS);
        ReferenceReservations model = new ReferenceReservations(REGISTRATIONS_MAX);
        PersistentReservations state = PersistentReservations.EMPTY;
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(100) == 0) {
                model.losePower();
                state = state.afterPowerLoss();
                assertEquals(model.describe(), bridge.describe(state), "after a loss of power");
                continue;
            }
            Request request = requests.next(model);
            Outcome expected = model.run(request);
            ReservationResult result = state.apply(bridge.production(request, step), REGISTRATIONS_MAX);
            PersistentReservations before = state;
            Supplier<String> where = () -> "%s in %s".formatted(request, bridge.describe(before));
            compare(where, expected, result);
            bridge.assertState(where, model, result.state());
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

    private void compare(Supplier<String> where, Outcome expected, ReservationResult result) {
        assertEquals(VERDICTS.get(expected.status()), result.verdict(), where);
        Map<Nexus, ReferenceReservations.Attention> attentions = new HashMap<>();
        for (ReservationResult.Attention each : result.attentions()) {
            var condition =
                    ReferenceReservations.Attention.valueOf(each.condition().name());
            assertTrue(
                    attentions.put(bridge.name(each.nexus()), condition) == null,
                    () -> where.get() + ": told twice: " + each);
        }
        assertEquals(expected.attentions(), attentions, where);
        Set<Nexus> aborted = new HashSet<>();
        result.aborted().forEach(each -> aborted.add(bridge.name(each)));
        assertEquals(expected.aborted(), aborted, where);
    }

    private void assertAccess(Supplier<String> where, ReferenceReservations model, PersistentReservations state) {
        for (Map.Entry<Nexus, ITNexus> each : bridge.nexuses.entrySet()) {
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
}
