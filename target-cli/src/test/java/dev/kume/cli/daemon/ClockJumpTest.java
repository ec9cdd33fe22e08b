package dev.kume.cli.daemon;

import static dev.kume.cli.daemon.ClusterHost.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.initiator.Initiator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time of day is set by hours and by years under a whole daemon: its initiators never notice. */
final class ClockJumpTest {
    /** Silence is asked about after a second, and is fatal after another: a timer that jumped would end sessions. */
    private static final Limits IMPATIENT = Limits.of(Map.of(
            Limit.STOP_SECONDS, 1L,
            Limit.NOP_IN_SECONDS, 1L,
            Limit.NOP_IN_TIMEOUT_SECONDS, 1L,
            Limit.LOGIN_SECONDS, 2L,
            Limit.COMMAND_GAP_SECONDS, 1L));

    private static final long KEY = 0xA1;
    private static final long LIMIT_SECONDS = 30;

    @TempDir
    Path folder;

    /** The clock of this machine, whose time of day somebody sets. */
    private static final class SetClock implements Clock {
        private final AtomicReference<Duration> by = new AtomicReference<>(Duration.ZERO);

        void set(Duration more) {
            by.updateAndGet(before -> before.plus(more));
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now().plus(by.get());
        }
    }

    @Test
    void initiatorsNeverNotice() throws Exception {
        SetClock clock = new SetClock();
        try (ClusterHost host = new ClusterHost(folder, clock, IMPATIENT, ArbitrationTimes.WINDOWS)) {
            ClusterHost.Node node1 = host.node(1, Initiator.ISID_WINDOWS).connect();
            ClusterHost.Node node2 = host.node(2, Initiator.ISID_WINDOWS).connect();
            NodeDisk owned = node1.disk("vms");
            assertTrue(get(owned.register(KEY)).isGood());
            assertTrue(get(owned.reserve(KEY)).isGood());
            List<Long> sessions = sessions(host);
            assertEquals(4, sessions.size());
            AtomicInteger text = new AtomicInteger();
            for (Duration by : List.of(Duration.ofHours(5), Duration.ofHours(-11), Duration.ofDays(4_000))) {
                clock.set(by);
                long end = System.nanoTime() + Duration.ofMillis(1_500).toNanos();
                while (System.nanoTime() < end) {
                    write(owned, "text " + text.incrementAndGet());
                }
                assertFalse(
                        get(node2.disk("vms").rawWrite(NodeDisk.SCRATCH_X, "other"))
                                .result()
                                .isGood(),
                        "the reservation is gone");
                assertEquals(sessions, sessions(host), () -> "sessions after " + by);
                StatusView status = host.ask(ApiPaths.STATUS, StatusView.class);
                assertTrue(status.uptimeSeconds() < LIMIT_SECONDS, () -> "up for " + status.uptimeSeconds() + " s");
                assertEquals(StatusView.READY, status.state());
            }
            awaitAlarm(host);
            clock.set(Duration.ofDays(-5_000));
            restart(host, owned);
        }
    }

    private static void write(NodeDisk disk, String text) throws Exception {
        assertTrue(get(disk.rawWrite(NodeDisk.SCRATCH_X, text)).result().isGood(), text);
    }

    private static List<Long> sessions(ClusterHost host) {
        return host.ask(ApiPaths.SESSIONS, SessionView.Listing.class).sessions().stream()
                .map(SessionView::id)
                .sorted()
                .toList();
    }

    /** It tells people, and nobody else. */
    private static void awaitAlarm(ClusterHost host) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(LIMIT_SECONDS).toNanos();
        List<AlarmView> alarms = List.of();
        while (alarms.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(100);
            alarms = host.ask(ApiPaths.ALARMS, AlarmView.Listing.class).alarms();
        }
        assertEquals(
                List.of("clock-jumped"), alarms.stream().map(AlarmView::kind).toList());
        assertTrue(alarms.getFirst().text().contains("forward by 345"), alarms::toString);
    }

    /** What was written down in the future is read in the past. */
    private static void restart(ClusterHost host, NodeDisk owned) throws Exception {
        host.restart();
        write(owned, "after the restart");
        ReservationView vms = host.ask(ApiPaths.RESERVATIONS, ReservationView.Listing.class).reservations().stream()
                .filter(disk -> disk.disk().equals("vms"))
                .findFirst()
                .orElseThrow();
        assertEquals(ClusterHost.initiator(1), vms.reservation().holder().initiator());
    }
}
