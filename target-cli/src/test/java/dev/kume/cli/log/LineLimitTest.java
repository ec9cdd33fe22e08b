package dev.kume.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.ServerEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The first of lines alike, then their number. */
final class LineLimitTest {
    private static final Instant BEGIN = Instant.parse("2026-11-27T10:00:00Z");

    private final LineLimit limit = new LineLimit();

    @Test
    void whatIsAlikeIsWrittenTenTimesAndThenCounted() {
        int written = 0;
        for (int i = 0; i < 500; i++) {
            written += admits(BEGIN.plusMillis(i), DiskEvent.FAILED, "vms", "/d/vms", i, "EIO") ? 1 : 0;
        }
        assertEquals(LineLimit.LINES_OF_A_SUBJECT, written);
        assertEquals(List.of(), limit.sums(BEGIN.plusSeconds(59)), "the minute goes on");
        List<LogLine> sums = limit.sums(BEGIN.plusSeconds(60));
        assertEquals(1, sums.size());
        assertEquals(
                "490 more lines KUME-3004 since 2026-11-27T10:00:00Z, the last: Disk vms: /d/vms failed (failure 499):"
                        + " EIO",
                sums.getFirst().message());
        assertEquals("ERROR", sums.getFirst().level());
        assertTrue(admits(BEGIN.plusSeconds(61), DiskEvent.FAILED, "vms", "/d/vms", 500, "EIO"));
    }

    @Test
    void eachSubjectCountsForItself() {
        for (int i = 0; i < 50; i++) {
            admits(BEGIN, DiskEvent.FAILED, "vms", "/d/vms", i, "EIO");
        }
        assertTrue(admits(BEGIN, DiskEvent.FAILED, "quorum", "/d/quorum", 1, "EIO"));
    }

    @Test
    void portsOfOneHostAreOneSubject() {
        int written = 0;
        for (int port = 1_000; port < 1_100; port++) {
            written += admits(BEGIN, ServerEvent.LOGIN_ENDED, "10.0.0.7:" + port, null, "closed") ? 1 : 0;
        }
        assertEquals(LineLimit.LINES_OF_A_SUBJECT, written);
    }

    @Test
    void namesThatAPeerInventsHaveABoundTogether() {
        int written = 0;
        for (int i = 0; i < 10_000; i++) {
            String name = "iqn.2026-11.dev.kume:" + i;
            written += admits(BEGIN, ServerEvent.LOGIN_ENDED, "10.0.0.7:1", name, "closed") ? 1 : 0;
        }
        assertEquals(LineLimit.LINES_OF_AN_EVENT, written);
        long told = limit.rest(BEGIN).stream()
                .mapToLong(line -> Long.parseLong(line.fields().get("count")))
                .sum();
        assertEquals(10_000 - LineLimit.LINES_OF_AN_EVENT, told, "none is lost without a word");
    }

    @Test
    void criticalLinesPassAlways() {
        for (int i = 0; i < 1_000; i++) {
            assertTrue(admits(BEGIN, DiskEvent.MAP_NOTES_LEFT_OUT, "/d/vms"));
        }
    }

    @Test
    void aClockThatJumpsBackDoesNotSilenceTheLog() {
        for (int i = 0; i < 50; i++) {
            admits(BEGIN, DiskEvent.FAILED, "vms", "/d/vms", i, "EIO");
        }
        Instant before = BEGIN.minusSeconds(3_600);
        assertEquals(1, limit.sums(before).size());
        assertTrue(admits(before, DiskEvent.FAILED, "vms", "/d/vms", 1, "EIO"));
    }

    @Test
    void whatIsLeftIsToldAtTheEnd() {
        for (int i = 0; i < 11; i++) {
            admits(BEGIN, DiskEvent.FAILED, "vms", "/d/vms", i, "EIO");
        }
        assertEquals(1, limit.rest(BEGIN).size());
        assertFalse(limit.rest(BEGIN).iterator().hasNext());
    }

    private boolean admits(Instant time, LogEvent event, Object... values) {
        return limit.admits(LogLine.of(time, event, values));
    }
}
