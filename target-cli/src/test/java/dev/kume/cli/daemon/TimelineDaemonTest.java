package dev.kume.cli.daemon;

import static dev.kume.cli.daemon.ClusterHost.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.TimelineView;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon, nodes on real sockets, and a script: the timeline says what the script did, and when. */
final class TimelineDaemonTest {
    /** Nodes that are gone are not waited for. */
    private static final Limits QUICK_STOP = Limits.of(Map.of(Limit.STOP_SECONDS, 1L));

    private static final long KEY_1 = 0xA1;
    private static final long KEY_2 = 0xB2;
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    Path folder;

    /** What the daemon takes for the time; moved by the test. */
    private static final class ScriptClock implements Clock {
        private long nanos = 1_000_000_000_000L;

        synchronized void at(String second) {
            nanos = 1_000_000_000_000L + Duration.parse("PT" + second + "S").toNanos();
        }

        @Override
        public synchronized long nanoTime() {
            return nanos;
        }

        @Override
        public synchronized Instant now() {
            return NOON.plusNanos(nanos - 1_000_000_000_000L);
        }
    }

    private static Instant at(String second) {
        return NOON.plus(Duration.parse("PT" + second + "S"));
    }

    @Test
    void aFailoverAndAQuickMoveAreToldAsTheyWereScriptedAlsoAfterARestart() throws Exception {
        ScriptClock clock = new ScriptClock();
        try (ClusterHost host = new ClusterHost(folder, clock, QUICK_STOP, ArbitrationTimes.WINDOWS)) {
            ClusterHost.Node node1 = host.node(1, Initiator.ISID_WINDOWS).connect();
            ClusterHost.Node node2 = host.node(2, Initiator.ISID_WINDOWS).connect();
            failover(clock, node1.disk("vms"), node2.disk("vms"), node1);
            TimelineView before = host.timeline(NOON);
            assertEquals(1, before.moves().size(), before::toString);
            checkFailover(before.moves().getFirst());
            node2.logOut();
            clock.at("20");
            host.restart();
            clock.at("25");
            node2 = host.node(2, Initiator.ISID_WINDOWS).connect();
            node1 = host.node(1, Initiator.ISID_WINDOWS + 0x10).connect();
            quickMove(clock, node2.disk("vms"), node1.disk("vms"));
            TimelineView after = host.timeline(NOON);
            assertEquals(2, after.moves().size(), after::toString);
            checkFailover(after.moves().getFirst());
            checkQuickMove(after.moves().getLast());
            checkEvents(after);
        }
    }

    private static void failover(ScriptClock clock, NodeDisk first, NodeDisk second, ClusterHost.Node dies)
            throws Exception {
        clock.at("1");
        assertTrue(get(first.register(KEY_1)).isGood());
        assertTrue(get(first.reserve(KEY_1)).isGood());
        clock.at("3.1");
        assertTrue(get(first.rawWrite(NodeDisk.SCRATCH_X, "last")).result().isGood());
        dies.crash();
        clock.at("5");
        assertTrue(get(second.register(KEY_2)).isGood());
        clock.at("12.1");
        assertTrue(get(second.preempt(KEY_1, KEY_2)).isGood());
        clock.at("12.4");
        assertTrue(get(second.rawWrite(NodeDisk.SCRATCH_X, "first")).result().isGood());
    }

    private static void checkFailover(TimelineView.Move move) {
        assertEquals(
                "failover of vms from hv-node1 to hv-node2: hv-node1 silent 12:00:03.1, challenge by hv-node2"
                        + " 12:00:05.0, preempt 12:00:12.1, first write 12:00:12.4: outage 9.3 s",
                move.text());
        assertEquals(at("3.1"), move.lastIo());
        assertEquals(at("5"), move.challenged());
        assertEquals(at("12.1"), move.taken());
        assertEquals(at("12.4"), move.firstWrite());
        assertEquals(9_300L, move.outageMillis());
    }

    private static void quickMove(ScriptClock clock, NodeDisk from, NodeDisk to) throws Exception {
        clock.at("30");
        assertTrue(get(from.register(KEY_2)).isGood());
        clock.at("30.5");
        assertTrue(get(from.rawWrite(NodeDisk.SCRATCH_X, "saved")).result().isGood());
        clock.at("30.7");
        assertTrue(get(from.release(KEY_2)).isGood());
        assertTrue(get(from.unregister()).isGood());
        clock.at("30.9");
        assertTrue(get(to.register(KEY_1)).isGood());
        assertTrue(get(to.reserve(KEY_1)).isGood());
        clock.at("31.25");
        assertTrue(get(to.rawWrite(NodeDisk.SCRATCH_X, "restored")).result().isGood());
    }

    private static void checkQuickMove(TimelineView.Move move) {
        assertEquals(
                "move of vms from hv-node2 to hv-node1: last I/O 12:00:30.5, released 12:00:30.7, reserved 12:00:30.9,"
                        + " first write 12:00:31.2: outage 0.75 s",
                move.text());
        assertEquals(at("30.5"), move.lastIo());
        assertEquals(at("31.25"), move.firstWrite());
        assertEquals(750L, move.outageMillis());
    }

    private static void checkEvents(TimelineView view) {
        List<String> kinds = view.events().stream()
                .filter(event -> "vms".equals(event.disk()))
                .map(TimelineView.Event::kind)
                .filter(kind -> !kind.equals("read"))
                .toList();
        assertEquals(
                List.of(
                        "register",
                        "reserve",
                        "write",
                        "silent",
                        "challenge",
                        "preempt",
                        "write",
                        "release",
                        "unregister",
                        "register",
                        "reserve",
                        "write"),
                kinds,
                () -> view.events().toString());
        TimelineView.Lane first = view.lanes().getFirst();
        assertEquals(
                at("20"), first.sessions().getFirst().to(), "the daemon's stop ended what the node had left behind");
        TimelineView.Lane lane = view.lanes().getLast();
        assertEquals("hv-node2", lane.node());
        assertEquals(
                List.of(new TimelineView.Span(at("12.1"), at("30.7"), "vms")),
                lane.owned(),
                "it held the disk so long");
    }

    /** Real time: what the script measures around each step encloses what the timeline says, to 50 ms. */
    @Test
    void inRealTimeTheTimelineSaysWhatTheNodesMeasure() throws Exception {
        Clock clock = new ClusterHost.SystemClock();
        ArbitrationTimes times = ArbitrationTimes.scaled(Duration.ofMillis(90));
        Instant begin = clock.now();
        try (ClusterHost host = new ClusterHost(folder, clock, QUICK_STOP, times)) {
            ClusterHost.Node node1 = host.node(1, Initiator.ISID_WINDOWS).connect();
            ClusterHost.Node node2 = host.node(2, Initiator.ISID_WINDOWS).connect();
            NodeDisk owner = node1.disk("vms");
            NodeDisk survivor = node2.disk("vms");
            assertTrue(get(owner.arbitrate(KEY_1)));
            assertFalse(get(survivor.arbitrate(KEY_2)), "the owner defends it");

            Instant beforeLast = clock.now();
            assertTrue(get(owner.rawWrite(NodeDisk.SCRATCH_X, "last")).result().isGood());
            Instant afterLast = clock.now();
            node1.crash();
            Instant beforeFight = clock.now();
            assertTrue(get(survivor.arbitrate(KEY_2)));
            Instant afterFight = clock.now();
            Instant beforeFirst = clock.now();
            assertTrue(
                    get(survivor.rawWrite(NodeDisk.SCRATCH_X, "first")).result().isGood());
            Instant afterFirst = clock.now();

            TimelineView view = host.timeline(begin);
            assertEquals(
                    List.of(TimelineView.Move.CHALLENGE_LOST, TimelineView.Move.FAILOVER),
                    view.moves().stream().map(TimelineView.Move::kind).toList(),
                    view::toString);
            TimelineView.Move failover = view.moves().getLast();
            within(beforeLast, afterLast, failover.lastIo());
            within(beforeFight, afterFight, failover.challenged());
            within(beforeFight, afterFight, failover.taken());
            within(beforeFirst, afterFirst, failover.firstWrite());
            assertNotNull(failover.outageMillis());
            within(
                    NOON.plus(Duration.between(afterLast, beforeFirst)),
                    NOON.plus(Duration.between(beforeLast, afterFirst)),
                    NOON.plusMillis(failover.outageMillis()));
            assertTrue(
                    view.moves().getFirst().text().contains("lost: fended off by hv-node1"),
                    view.moves().getFirst().text());
        }
    }

    private static void within(Instant from, Instant to, @Nullable Instant told) {
        assertNotNull(told);
        Duration tolerance = Duration.ofMillis(50);
        assertFalse(told.isBefore(from.minus(tolerance)), () -> told + " is before " + from);
        assertFalse(told.isAfter(to.plus(tolerance)), () -> told + " is after " + to);
    }
}
