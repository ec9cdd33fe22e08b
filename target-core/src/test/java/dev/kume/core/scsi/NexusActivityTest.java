package dev.kume.core.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.io.LoopPort;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.testing.FixedClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a nexus has read and written: what counts, where a burst begins, and what is left when its session is over. */
final class NexusActivityTest {
    private static final String WRITE_10 = "2A 00 00 00 00 00 00 00 01 00";
    private static final String READ_10 = "28 00 00 00 00 00 00 00 01 00";
    private static final String VERIFY_10 = "2F 00 00 00 00 00 00 00 01 00";
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String READ_KEYS = "5E 00 00 00 00 00 00 00 FF 00";
    private static final String SYNCHRONIZE_CACHE = "35 00 00 00 00 00 00 00 00 00";
    private static final String RESERVE_6 = "16 00 00 00 00 00";
    private static final int BLOCK_BYTES = 512;

    private final TestTarget target = new TestTarget();
    private final FixedClock clock = (FixedClock) target.unit.lane().clock();

    @Test
    void nothingIsKnownOfANexusThatHasDoneNothing() {
        NexusActivity node1 = activity(TestTarget.NODE1);
        assertNull(node1.reads().last());
        assertNull(node1.writes().since());
        assertNull(node1.writes().ago());
        assertTrue(node1.attached());
    }

    @Test
    void readsAndWritesAreToldApartAndSoAreNexuses() {
        write();
        clock.advance(Duration.ofMillis(300));
        target.run(READ_10);
        clock.advance(Duration.ofMillis(200));
        target.runAsNode2(VERIFY_10);
        clock.advance(Duration.ofMillis(100));
        NexusActivity node1 = activity(TestTarget.NODE1);
        assertEquals(atMillis(0), node1.writes().last());
        assertEquals(atMillis(300), node1.reads().last());
        assertEquals(Duration.ofMillis(300), node1.reads().ago());
        NexusActivity node2 = activity(TestTarget.NODE2);
        assertEquals(atMillis(500), node2.reads().last());
        assertFalse(node2.writes().any());
    }

    @Test
    void whatDoesNotTouchTheMediumAndWhatIsRefusedDoNotCount() {
        target.run(TEST_UNIT_READY);
        target.run(READ_KEYS);
        target.run(SYNCHRONIZE_CACHE);
        target.run("28 00 7F FF FF FF 00 00 01 00");
        target.run(RESERVE_6);
        assertEquals(ScsiStatus.RESERVATION_CONFLICT, target.runAsNode2(READ_10).status());
        assertEquals(NexusActivity.Access.NEVER, activity(TestTarget.NODE1).lastNanos());
        assertEquals(NexusActivity.Access.NEVER, activity(TestTarget.NODE2).lastNanos());
    }

    @Test
    void aPauseBeginsANewBurst() {
        write();
        clock.advance(Duration.ofSeconds(5));
        write();
        assertEquals(atMillis(0), activity(TestTarget.NODE1).writes().since());
        clock.advance(Duration.ofMillis(5_001));
        write();
        assertEquals(atMillis(10_001), activity(TestTarget.NODE1).writes().since());
        assertEquals(atMillis(10_001), activity(TestTarget.NODE1).writes().last());
    }

    @Test
    void aChangeOfTheReservationBeginsANewBurst() {
        target.memory.answersAtOnce = true;
        write();
        clock.advance(Duration.ofMillis(10));
        // REGISTER AND IGNORE EXISTING KEY, then RESERVE: write exclusive, registrants only.
        reserveOut("5F 06 00 00 00 00 00 00 18 00", 0, 7);
        reserveOut("5F 01 05 00 00 00 00 00 18 00", 7, 0);
        write();
        clock.advance(Duration.ofMillis(10));
        write();
        assertEquals(atMillis(10), activity(TestTarget.NODE1).writes().since());
        assertEquals(atMillis(20), activity(TestTarget.NODE1).writes().last());
    }

    @Test
    void itOutlivesTheSession() {
        write();
        target.unit.detach(target.node1);
        clock.advance(Duration.ofMinutes(7));
        NexusActivity node1 = activity(TestTarget.NODE1);
        assertFalse(node1.attached());
        assertEquals(atMillis(0), node1.writes().last());
    }

    @Test
    void aTurnOfManyCommandsHasOneTime() {
        LoopPort port = target.loops.getFirst().port();
        port.turnBegins();
        assertEquals(0, port.turnNanos(clock));
        clock.advance(Duration.ofNanos(3));
        assertEquals(0, port.turnNanos(clock));
        port.turnEnds();
        assertEquals(3, port.turnNanos(clock));
        port.turnBegins();
        clock.advance(Duration.ofNanos(1));
        assertEquals(4, port.turnNanos(clock), "the first of a turn looks");
    }

    private void write() {
        target.run(WRITE_10, new byte[BLOCK_BYTES]);
    }

    private void reserveOut(String cdb, long key, long actionKey) {
        byte[] list = TestTarget.bytes("%016X%016X0000000000000000".formatted(key, actionKey));
        assertEquals(ScsiStatus.GOOD, target.run(cdb, list).status());
    }

    private NexusActivity activity(ITNexus nexus) {
        return target.unit.activity().stream()
                .filter(each -> each.nexus().equals(nexus))
                .findFirst()
                .orElseThrow();
    }

    private static Instant atMillis(long millis) {
        return Instant.EPOCH.plusMillis(millis);
    }
}
