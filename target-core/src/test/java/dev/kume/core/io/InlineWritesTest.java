package dev.kume.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.testing.FixedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InlineWritesTest {
    private static final long QUICK = 2_000;
    private static final long STALL = Duration.ofMillis(40).toNanos();

    private final FixedClock clock = new FixedClock(Instant.EPOCH);
    private final AtomicLong roomBytes = new AtomicLong(1 << 30);
    private final InlineWrites writes = new InlineWrites(clock, bytes -> roomBytes.addAndGet(-bytes) >= 0, 65_536);

    private void trust() {
        for (int i = 0; i < 128; i++) {
            writes.writtenByThread(QUICK);
        }
    }

    @Test
    void aNewDiskIsWrittenByDiskThreads() {
        assertFalse(writes.allows(4_096));
        for (int i = 0; i < 127; i++) {
            writes.writtenByThread(QUICK);
        }
        assertFalse(writes.allows(4_096));
        writes.writtenByThread(QUICK);
        assertTrue(writes.allows(4_096));
    }

    @Test
    void oneSlowWriteOnADiskThreadStartsTheTrialAnew() {
        trust();
        writes.writtenByThread(STALL);
        assertFalse(writes.allows(4_096));
        trust();
        assertTrue(writes.allows(4_096));
    }

    @Test
    void aStallOnTheLoopSendsTheDiskBackEachTimeForLonger() {
        for (int seconds = 1; seconds <= 60; seconds = Math.min(2 * seconds, 61)) {
            trust();
            assertTrue(writes.allows(4_096), "trusted before penalty of " + seconds);
            writes.writtenInline(STALL);
            trust();
            clock.advance(Duration.ofMillis(1_000L * Math.min(seconds, 60) - 1));
            assertFalse(writes.allows(4_096), "still out after nearly " + seconds + " s");
            clock.advance(Duration.ofMillis(1));
            assertTrue(writes.allows(4_096), "back after " + seconds + " s");
        }
    }

    @Test
    void shortHiccupsAmongQuickWritesAreForgiven() {
        trust();
        for (int i = 0; i < 1_000; i++) {
            writes.writtenInline(i % 100 == 0 ? Duration.ofMillis(4).toNanos() : QUICK);
        }
        assertTrue(writes.allows(4_096));
    }

    @Test
    void noRoomInThePageCacheMeansDiskThreads() {
        trust();
        roomBytes.set(10_000);
        assertTrue(writes.allows(8_192));
        assertFalse(writes.allows(8_192));
    }

    @Test
    void largeWritesAndUnknownSystemsAlwaysUseDiskThreads() {
        trust();
        assertFalse(writes.allows(65_537));
        InlineWrites unknown = new InlineWrites(clock, WriteRoom.UNKNOWN, 65_536);
        for (int i = 0; i < 1_000; i++) {
            unknown.writtenByThread(QUICK);
        }
        assertFalse(unknown.allows(512));
    }

    @Test
    void aLaneWithWorkUnderWayLetsNoLoopWrite() {
        AtomicLong submitted = new AtomicLong();
        DiskLane lane = new DiskLane(job -> submitted.incrementAndGet(), clock, 4, bytes -> true, 65_536);
        for (int i = 0; i < 128; i++) {
            lane.inlineWrites().writtenByThread(QUICK);
        }
        assertTrue(lane.allowsInlineWrite(4_096));
        LoopPort home = new LoopPort(0, Runnable::run, () -> true);
        lane.submit(new IoJob() {
            @Override
            protected LoopPort home() {
                return home;
            }

            @Override
            protected void perform() {}

            @Override
            protected void performed() {}
        });
        assertEquals(1, submitted.get());
        assertFalse(lane.allowsInlineWrite(4_096));
    }
}
