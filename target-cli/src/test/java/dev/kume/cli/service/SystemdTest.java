package dev.kume.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the daemon tells systemd, word by word. */
final class SystemdTest {
    private final List<String> told = new ArrayList<>();
    private final Map<Duration, Runnable> repeated = new LinkedHashMap<>();
    private long nanos = 7_000_123_000L;
    private int deaf;

    private final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    private Systemd systemd(@Nullable Duration watchdog) {
        return new Systemd(this::hear, clock, repeated::put, watchdog);
    }

    private void hear(byte[] datagram) throws IOException {
        if (deaf > 0) {
            deaf--;
            throw new IOException("no room");
        }
        told.add(new String(datagram, StandardCharsets.UTF_8));
    }

    @Test
    void aStartTellsItsStepsAndWhenItIsReady() {
        Systemd systemd = systemd(null);
        systemd.starting("opening disk 1 of 2: csv1");
        systemd.ready("Ready on 10.0.0.1:3260", within -> "alive");
        assertEquals(
                List.of(
                        "STATUS=Starting: opening disk 1 of 2: csv1\nEXTEND_TIMEOUT_USEC=60000000\n",
                        "READY=1\nSTATUS=Ready on 10.0.0.1:3260\n"),
                told);
        assertEquals(Map.of(), repeated, "no watchdog, no heartbeat");
    }

    @Test
    void readyIsToldAgainUntilItIsTaken() {
        deaf = 3;
        systemd(null).ready("Ready", within -> "alive");
        assertEquals(List.of("READY=1\nSTATUS=Ready\n"), told);
    }

    @Test
    void whoNeverListensHoldsNobodyUp() {
        deaf = Integer.MAX_VALUE;
        Systemd systemd = systemd(Duration.ofSeconds(30));
        systemd.starting("x");
        systemd.ready("Ready", within -> "alive");
        systemd.reloading();
        systemd.reloaded("done");
        systemd.stopping("Stopping", Duration.ofSeconds(3));
        assertEquals(List.of(), told);
    }

    @Test
    void aReloadHasTheTimeOfTheKernelsClockAndItsEnd() {
        Systemd systemd = systemd(null);
        systemd.reloading();
        systemd.reloaded("Serving\nas before");
        assertEquals(
                List.of(
                        "RELOADING=1\nMONOTONIC_USEC=7000123\nSTATUS=Reading kume.yaml again\n",
                        "READY=1\nSTATUS=Serving as before\n"),
                told);
    }

    @Test
    void theWatchdogIsFedOnlyWhileThePulseIsFelt() {
        Systemd systemd = systemd(Duration.ofSeconds(30));
        boolean[] hangs = {false};
        systemd.ready("Ready", within -> {
            assertEquals(Duration.ofSeconds(10), within);
            if (hangs[0]) {
                throw new IOException("the management API does not answer within 10000 ms");
            }
            return "Serving 3 sessions";
        });
        told.clear();
        Runnable beat = repeated.get(Duration.ofSeconds(10));
        beat.run();
        assertEquals(List.of("WATCHDOG=1\nSTATUS=Serving 3 sessions\n"), told);
        hangs[0] = true;
        beat.run();
        assertEquals(1, told.size(), told::toString);
        hangs[0] = false;
        beat.run();
        assertEquals(2, told.size(), told::toString);
    }

    @Test
    void aDrainAsksForTimeUntilItsOwnIsOver() {
        Systemd systemd = systemd(null);
        systemd.stopping("Draining: initiators have 60 seconds to log out", Duration.ofSeconds(72));
        assertEquals(
                List.of("STOPPING=1\nSTATUS=Draining: initiators have 60 seconds to log out\n"
                        + "EXTEND_TIMEOUT_USEC=65000000\n"),
                told);
        Runnable more = repeated.get(Duration.ofSeconds(5));
        nanos += Duration.ofSeconds(71).toNanos();
        more.run();
        assertEquals("EXTEND_TIMEOUT_USEC=15000000\n", told.getLast());
        nanos += Duration.ofSeconds(1).toNanos();
        more.run();
        assertEquals(2, told.size(), told::toString);
    }

    @Test
    void theWatchdogIsForTheProcessThatItNames() {
        assertEquals(Duration.ofSeconds(30), Systemd.watchdog(Map.of("WATCHDOG_USEC", "30000000"), 5));
        assertEquals(
                Duration.ofSeconds(30), Systemd.watchdog(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "5"), 5));
        assertNull(Systemd.watchdog(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "6"), 5));
        assertNull(Systemd.watchdog(Map.of("WATCHDOG_USEC", "soon"), 5));
        assertNull(Systemd.watchdog(Map.of(), 5));
    }

    @Test
    void withoutASocketOrWithOneThatIsNoneNobodyIsTold() {
        assertSame(Supervisor.NONE, Systemd.of(Map.of(), 5, clock));
        assertSame(Supervisor.NONE, Systemd.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234"), 5, clock));
        assertTrue(Systemd.of(Map.of("NOTIFY_SOCKET", "@kume-nobody"), 5, clock) instanceof Systemd);
    }
}
