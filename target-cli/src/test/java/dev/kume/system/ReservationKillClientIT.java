package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.ExpectedReservations.Request;
import dev.kume.system.wire.PersistentReserve;
import dev.kume.system.wire.PersistentReserve.FullStatus;
import dev.kume.system.wire.PersistentReserve.Registered;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL between PERSISTENT RESERVE OUT commands and in the middle of them: two nodes on two targets, five disks, each
 * with a command under way when the daemon dies, so that one kill is five tests. What was answered is there afterwards;
 * what was not is there wholly or not at all. {@code -Dkume.full=true} kills 200 times, else 40.
 */
final class ReservationKillClientIT {
    private static final int KILLS = Boolean.getBoolean("kume.full") ? 200 : 40;
    private static final int DISKS = 5;
    private static final long SEED = Long.getLong("kume.seed", 4);
    private static final int[] TYPES = {1, 3, 5, 6, 7, 8};
    private static final int FULL_STATUS_BYTES = 8_192;
    private static final List<String> TARGETS = List.of("t1", "t2");
    private static final List<String> NODES = List.of(RunningDaemon.NODE1, RunningDaemon.NODE2);

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private final Map<String, RawInitiator> sessions = new TreeMap<>();
    private final List<ExpectedReservations> expected = new ArrayList<>();
    private int commands;
    private int unanswered;
    private int cutShort;

    /** One command on its way, and its disk before and after it. */
    private record UnderWay(
            int disk,
            RawInitiator session,
            int tag,
            boolean good,
            ExpectedReservations before,
            ExpectedReservations after) {}

    @Test
    void whatWasAnsweredOutlivesTheDaemon() throws Exception {
        long begin = System.nanoTime();
        long downNanos = 0;
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            provide(daemon);
            login(daemon);
            for (int kill = 1; kill <= KILLS; kill++) {
                for (int i = random.nextInt(12); i > 0; i--) {
                    runToTheEnd(random.nextInt(DISKS));
                }
                List<UnderWay> underWay = new ArrayList<>();
                for (int disk = 0; disk < DISKS; disk++) {
                    if (random.nextInt(10) > 0) {
                        underWay.add(submit(disk));
                    }
                }
                pauseMicros(random.nextInt(1_500));
                long down = System.nanoTime();
                daemon.kill();
                List<List<ExpectedReservations>> possible = afterKill(underWay);
                sessions.values().forEach(ReservationKillClientIT::close);
                daemon.restart();
                downNanos += System.nanoTime() - down;
                login(daemon);
                compare(possible, "seed %d, kill %d".formatted(SEED, kill));
            }
            sessions.values().forEach(ReservationKillClientIT::close);
            daemon.stop();
        }
        assertTrue(unanswered > 0, "no kill met a command under way");
        System.out.printf(
                "%d kills, %d disks: %d commands answered, %d cut short of which %d had been carried out;"
                        + " %.1f s, each kill and restart %.2f s%n",
                KILLS,
                DISKS,
                commands,
                unanswered,
                cutShort,
                seconds(System.nanoTime() - begin),
                seconds(downNanos) / KILLS);
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static void pauseMicros(int micros) {
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void close(RawInitiator session) {
        try {
            session.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- the daemon -------------------------------------------------------------------------------------------------

    private static String iqn(String target) {
        return RunningDaemon.IQN_PREFIX + ":" + target;
    }

    private void provide(RunningDaemon daemon) throws IOException {
        for (String target : TARGETS) {
            String json = """
                    {"name":"%s","iqn":"%s","initiators":["%s","%s"]}""";
            daemon.post("/v1/targets", json.formatted(target, iqn(target), NODES.get(0), NODES.get(1)));
        }
        for (int disk = 0; disk < DISKS; disk++) {
            daemon.provideDisk("d" + disk, "4MB", "raw");
            for (String target : TARGETS) {
                daemon.post("/v1/mappings", """
                        {"disk":"d%d","target":"%s","lun":%d}""".formatted(disk, target, disk));
            }
            expected.add(new ExpectedReservations());
        }
    }

    /** Every node on every target, always by the same nexus. */
    private void login(RunningDaemon daemon) throws IOException {
        for (int node = 0; node < NODES.size(); node++) {
            for (int target = 0; target < TARGETS.size(); target++) {
                // An ISID of its own on each target, so that the name of the initiator port tells the nexus.
                int qualifier = 1 + node * TARGETS.size() + target;
                RawInitiator session =
                        RawInitiator.login(daemon.portal(), NODES.get(node), iqn(TARGETS.get(target)), qualifier);
                for (int disk = 0; disk < DISKS; disk++) {
                    session.clearUnitAttentions(disk);
                }
                sessions.put(name(NODES.get(node), qualifier), session);
            }
        }
    }

    private static String name(String initiator, int qualifier) {
        return "%s,i,0x8000000%03x01".formatted(initiator, qualifier);
    }

    // ---- commands ---------------------------------------------------------------------------------------------------

    private Request request(int disk) {
        ExpectedReservations now = expected.get(disk);
        String nexus = List.copyOf(sessions.keySet()).get(random.nextInt(sessions.size()));
        boolean registered = now.key(nexus) != 0;
        int action = registered ? 1 + random.nextInt(6) : PersistentReserve.REGISTER_AND_IGNORE;
        if (action == PersistentReserve.CLEAR && random.nextBoolean()) {
            action = PersistentReserve.RESERVE;
        }
        boolean preempts = action == PersistentReserve.PREEMPT || action == PersistentReserve.PREEMPT_AND_ABORT;
        long actionKey = preempts && random.nextBoolean() ? now.holderKey() : random.nextInt(4);
        int type = now.type() == 0 || random.nextInt(3) == 0 ? TYPES[random.nextInt(TYPES.length)] : now.type();
        return new Request(action, nexus, actionKey, type, random.nextBoolean());
    }

    private int send(int disk, Request request) throws IOException {
        byte[] cdb = PersistentReserve.out(request.action(), request.type());
        long key = expected.get(disk).key(request.nexus());
        byte[] list = PersistentReserve.list(key, request.actionKey(), request.throughPowerLoss());
        return sessions.get(request.nexus()).submit(disk, cdb, list, 0);
    }

    private void runToTheEnd(int disk) throws IOException {
        Request request = request(disk);
        RawInitiator session = sessions.get(request.nexus());
        RawAnswer answer;
        do {
            answer = session.await(send(disk, request));
        } while (answer.outcome().startsWith("6/"));
        assertEquals(expected.get(disk).run(request), answer.good(), () -> request + " on disk " + disk);
        commands++;
    }

    private UnderWay submit(int disk) throws IOException {
        Request request = request(disk);
        sessions.get(request.nexus()).clearUnitAttentions(disk);
        ExpectedReservations before = expected.get(disk).copy();
        boolean good = expected.get(disk).run(request);
        ExpectedReservations after = expected.get(disk).copy();
        expected.set(disk, before);
        int tag = send(disk, request);
        return new UnderWay(disk, sessions.get(request.nexus()), tag, good, before, after);
    }

    // ---- after the kill ---------------------------------------------------------------------------------------------

    /** The states that each disk may be in: one where the command was answered or there was none, else two. */
    private List<List<ExpectedReservations>> afterKill(List<UnderWay> underWay) {
        List<List<ExpectedReservations>> possible = new ArrayList<>();
        expected.forEach(each -> possible.add(List.of(each)));
        for (UnderWay each : underWay) {
            try {
                RawAnswer answer = each.session().await(each.tag());
                assertEquals(each.good(), answer.good(), answer::outcome);
                possible.set(each.disk(), List.of(each.after()));
                commands++;
            } catch (IOException e) {
                possible.set(each.disk(), List.of(each.before(), each.after()));
                unanswered++;
            }
        }
        return possible;
    }

    private void compare(List<List<ExpectedReservations>> possible, String where) throws IOException {
        for (int disk = 0; disk < DISKS; disk++) {
            Set<String> found = new TreeSet<>();
            for (RawInitiator session : sessions.values()) {
                found.add(describe(status(session, disk)));
            }
            assertEquals(1, found.size(), () -> where + ": not the same from everywhere: " + found);
            String state = found.iterator().next();
            List<ExpectedReservations> fitting = possible.get(disk).stream()
                    .filter(each -> each.toString().equals(state))
                    .toList();
            String what = "%s, disk %d: %s, may be %s".formatted(where, disk, state, possible.get(disk));
            assertTrue(!fitting.isEmpty(), what);
            expected.set(disk, fitting.getLast());
            if (possible.get(disk).size() == 2
                    && fitting.getFirst() == possible.get(disk).getLast()) {
                cutShort++;
            }
        }
    }

    private static FullStatus status(RawInitiator session, int disk) throws IOException {
        byte[] cdb = PersistentReserve.in(PersistentReserve.READ_FULL_STATUS, FULL_STATUS_BYTES);
        RawAnswer answer = session.command(disk, cdb, new byte[0], FULL_STATUS_BYTES);
        assertTrue(answer.good(), answer::outcome);
        return PersistentReserve.fullStatus(answer.data());
    }

    /** As {@link ExpectedReservations#toString} tells it. */
    private static String describe(FullStatus status) {
        Map<String, String> lines = new TreeMap<>();
        for (Registered each : status.registered()) {
            lines.put(each.initiatorPort(), each.key() + (each.type() != 0 ? " holds " + each.type() : ""));
        }
        assertEquals(status.registered().size(), lines.size(), () -> "a nexus twice: " + status);
        return status.generation() + " " + lines;
    }
}
