package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.Trials;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Outcome;
import dev.kume.core.reservation.ReferenceReservations.Request;
import dev.kume.core.reservation.ReferenceReservations.Status;
import dev.kume.core.reservation.ReservationWire.FullStatus;
import dev.kume.core.reservation.ReservationWire.Held;
import dev.kume.core.reservation.ReservationWire.Registered;
import dev.kume.core.scsi.TestTarget.Answer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Random commands as bytes, of six nexuses through two targets on a loop each, against the tables: status and sense,
 * who learns what, what PERSISTENT RESERVE IN tells everybody, and who may read and write.
 */
final class ReservationCommandModelTest {
    private static final int SEQUENCES = 60;
    private static final int STEPS = 400;
    private static final byte[] READ = {0x28, 0, 0, 0, 0, 1, 0, 0, 1, 0};
    private static final byte[] WRITE = {0x2A, 0, 0, 0, 0, 1, 0, 0, 1, 0};
    private static final String CONFLICT = "18";
    private static final String GOOD = "00";

    private static final Map<Status, String> ENDS = new EnumMap<>(Map.of(
            Status.GOOD, GOOD,
            Status.CONFLICT, CONFLICT,
            Status.INVALID_RELEASE, "5/26/04",
            Status.NOTHING_TO_MOVE, "5/24/00",
            Status.INVALID_ACTION_KEY, "5/26/00",
            Status.INVALID_SPECIFIED_PORTS, "5/26/00",
            Status.INVALID_DESTINATION, "5/26/00",
            Status.NO_RESOURCES, "5/55/04"));

    private static final Map<Status, String> POINTERS = new EnumMap<>(Map.of(
            Status.INVALID_ACTION_KEY, "byte 8",
            Status.INVALID_SPECIFIED_PORTS, "byte 20 bit 3"));

    private int steps;

    @Test
    void everyNexusSeesWhatTheTablesSay() {
        long begin = System.nanoTime();
        Trials.forSeed(1, SEQUENCES, this::sequence);
        System.out.printf(
                "PERSISTENT RESERVE OUT as bytes against the model: %d commands, %.0f each second%n",
                steps, steps * 1e9 / (System.nanoTime() - begin));
    }

    private void sequence(RandomGenerator random) {
        ReservationBench bench = new ReservationBench();
        RandomRequests requests = new RandomRequests(random, ReservationBench.INITIATORS, ReservationBench.TARGETS);
        ReferenceReservations model = new ReferenceReservations(ReservationBench.REGISTRATIONS_MAX);
        Map<Nexus, String> waiting = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(50) == 0) {
                reset(bench, waiting);
            }
            Request request = requests.next(model);
            String before = model.describe();
            String where = "step %d, %s in %s".formatted(step, request, before);
            drain(bench, request.from(), waiting, where);
            Outcome expected = model.run(request);
            Answer answer = bench.run(request);
            assertEquals(ENDS.get(expected.status()), ReservationBench.end(answer), where);
            if (POINTERS.containsKey(expected.status())) {
                assertEquals(POINTERS.get(expected.status()), ReservationBench.pointer(answer.sense()), where);
            }
            expected.attentions()
                    .forEach((nexus, attention) -> waiting.merge(
                            nexus, "6/2a/%02x".formatted(attention.qualifier), ReservationCommandModelTest::both));
            access(bench, model, waiting, random, where);
            Nexus reader = requests.nexus();
            drain(bench, reader, waiting, where);
            tell(bench, model, reader, where);
            steps++;
        }
        for (Nexus nexus : bench.nexuses()) {
            drain(bench, nexus, waiting, "at the end");
        }
    }

    /** What waits already is not doubled. */
    private static String both(String waiting, String more) {
        return List.of(waiting.split(" ")).contains(more) ? waiting : waiting + " " + more;
    }

    /** A reset of the unit leaves registrations and reservation alone, and everybody learns of it first. */
    private static void reset(ReservationBench bench, Map<Nexus, String> waiting) {
        bench.target.unit.reset(() -> {});
        bench.target.runAll();
        for (Nexus nexus : bench.nexuses()) {
            waiting.merge(nexus, "6/29/03", (old, reset) -> old.startsWith(reset) ? old : reset + " " + old);
        }
    }

    private static void drain(ReservationBench bench, Nexus nexus, Map<Nexus, String> waiting, String where) {
        String expected = waiting.getOrDefault(nexus, "");
        waiting.remove(nexus);
        assertEquals(expected, String.join(" ", bench.attentions(nexus)), () -> nexus + " before " + where);
    }

    /** Every nexus reads and writes: a reset goes before a conflict, and that before the other attentions. */
    private static void access(
            ReservationBench bench,
            ReferenceReservations model,
            Map<Nexus, String> waiting,
            RandomGenerator random,
            String where) {
        for (Nexus nexus : bench.nexuses()) {
            if (random.nextInt(3) == 0) {
                drain(bench, nexus, waiting, where);
            }
            ReferenceAccess.Standing standing = ReferenceAccess.standing(model, nexus);
            for (byte[] cdb : List.of(READ, WRITE)) {
                boolean allowed = ReferenceAccess.allows(cdb, -1, standing, true);
                String attention = waiting.getOrDefault(nexus, "").split(" ")[0];
                String expected;
                if (attention.startsWith("6/29") || allowed && !attention.isEmpty()) {
                    expected = attention;
                    waiting.computeIfPresent(nexus, (name, all) -> all.contains(" ") ? all.split(" ", 2)[1] : null);
                } else {
                    expected = allowed ? GOOD : CONFLICT;
                }
                Answer answer = bench.run(nexus, cdb, cdb == WRITE ? new byte[512] : new byte[0]);
                assertEquals(
                        expected,
                        ReservationBench.end(answer),
                        () -> "%s sends %02x after %s".formatted(nexus, cdb[0], where));
            }
        }
    }

    /** What any nexus reads of the state, whole and cut short. */
    private static void tell(ReservationBench bench, ReferenceReservations model, Nexus reader, String where) {
        byte[] keys = bench.in(reader, ReservationWire.READ_KEYS);
        assertEquals(model.generation(), ReservationWire.generation(keys), where);
        assertEquals(
                model.keys().values().stream().sorted().toList(),
                ReservationWire.keys(keys).stream().sorted().toList(),
                where);
        byte[] cut = bench.run(reader, ReservationWire.in(ReservationWire.READ_KEYS, 12), new byte[0])
                .data();
        assertArrayEquals(Arrays.copyOf(keys, Math.min(12, keys.length)), cut, where);

        Held held = ReservationWire.reservation(bench.in(reader, ReservationWire.READ_RESERVATION));
        assertEquals(new Held(model.generation(), model.shownKey(), model.type()), held, where);

        FullStatus status = ReservationWire.fullStatus(bench.in(reader, ReservationWire.READ_FULL_STATUS));
        assertEquals(model.generation(), status.generation(), where);
        Map<Nexus, Long> registered = new HashMap<>();
        for (Registered each : status.registered()) {
            Nexus nexus = new Nexus(each.initiatorPort(), bench.targetOf(each.relativePort()));
            registered.put(nexus, each.key());
            assertEquals(model.holds(nexus) ? model.type() : 0, each.type(), where);
        }
        assertEquals(model.keys(), registered, where);
        assertEquals(registered.size(), status.registered().size(), where);

        byte[] capabilities = bench.in(reader, ReservationWire.REPORT_CAPABILITIES);
        assertEquals(8, capabilities.length, where);
        assertEquals(model.throughPowerLoss() ? 1 : 0, capabilities[3] & 1, () -> "PTPL_A: " + where);
    }
}
