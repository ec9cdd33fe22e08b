package dev.kume.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.host.ScmCalls;
import dev.kume.core.host.WindowsException;
import dev.kume.protocol.event.Severity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the service tells Windows, state by state, with everything on one thread. */
final class WindowsProcessTest {
    private static final String STARTING = "2 accepts 0 exit 0/0 at %d within 60000";
    private static final String RUNNING = "4 accepts 105 exit 0/0 at 0 within 0";
    private static final String STOPPING = "3 accepts 0 exit 0/0 at %d within 15000";

    private final FakeScm scm = new FakeScm();
    private final Map<Duration, Runnable> repeated = new LinkedHashMap<>();
    private final List<Integer> drains = new ArrayList<>();

    private WindowsProcess process(WindowsProcess.Drain drain) throws WindowsException {
        return new WindowsProcess(scm, drain, Runnable::run, repeated::put, WindowsEventLog.open(scm));
    }

    private void control(int control) {
        Objects.requireNonNull(scm.controls).accept(control);
    }

    @Test
    void aStartGivesSignsAndAStopDrains() throws WindowsException {
        process(drains::add).run(daemon -> {
            daemon.starting("opening disk 1 of 1: csv1");
            daemon.ready("Ready", within -> "alive");
            control(ScmCalls.CONTROL_INTERROGATE);
            control(ScmCalls.CONTROL_STOP);
            assertEquals(List.of(30), drains);
            assertFalse(daemon.stop().isDone(), "initiators have time");
            Objects.requireNonNull(repeated.get(Duration.ofSeconds(5))).run();
            daemon.stopping("Stopping", Duration.ofSeconds(5));
            return 0;
        });
        assertEquals(List.of("eventSource Kume", "dispatch Kume", "handle Kume"), scm.calls);
        assertEquals(
                List.of(
                        STARTING.formatted(1),
                        STARTING.formatted(2),
                        RUNNING,
                        RUNNING,
                        STOPPING.formatted(1),
                        STOPPING.formatted(2),
                        STOPPING.formatted(3),
                        "1 accepts 0 exit 0/0 at 0 within 0"),
                scm.told);
    }

    @Test
    void aStartThatFailsIsAFailureForWindowsWithOurStatus() throws WindowsException {
        process(drains::add).run(daemon -> {
            daemon.failed("portal 0.0.0.0:3260 is in use");
            return 8;
        });
        assertEquals("1 accepts 0 exit 1066/8 at 0 within 0", scm.told.getLast());
        assertEquals("report 1 2045 Kume does not start: portal 0.0.0.0:3260 is in use", scm.calls.getLast());
    }

    @Test
    void anErrorOfOursIsAFailureToo() throws WindowsException {
        process(drains::add).run(daemon -> {
            throw new IllegalStateException("a bug");
        });
        assertEquals("1 accepts 0 exit 1066/1 at 0 within 0", scm.told.getLast());
    }

    @Test
    void whereNoDrainCanBeginItStopsAtOnce() throws WindowsException {
        process(seconds -> {
                    throw new IOException("the management socket is gone");
                })
                .run(daemon -> {
                    daemon.ready("Ready", within -> "alive");
                    control(ScmCalls.CONTROL_STOP);
                    assertTrue(daemon.stop().isDone());
                    return 0;
                });
    }

    @Test
    void theEndOfTheHostGivesLessTimeAndTheLastMomentNone() throws WindowsException {
        process(drains::add).run(daemon -> {
            daemon.ready("Ready", within -> "alive");
            control(ScmCalls.CONTROL_PRESHUTDOWN);
            assertEquals(List.of(20), drains);
            assertFalse(daemon.stop().isDone());
            control(ScmCalls.CONTROL_SHUTDOWN);
            assertTrue(daemon.stop().isDone());
            return 0;
        });
    }

    @Test
    void aStopThatHangsStopsToGiveSigns() throws WindowsException {
        process(drains::add).run(daemon -> {
            daemon.ready("Ready", within -> "alive");
            control(ScmCalls.CONTROL_STOP);
            Runnable sign = Objects.requireNonNull(repeated.get(Duration.ofSeconds(5)));
            for (int i = 0; i < 1_000; i++) {
                sign.run();
            }
            return 0;
        });
        // A sign every five seconds, for 35 seconds and a minute.
        assertEquals(STOPPING.formatted(1 + 7 + 12), scm.told.get(scm.told.size() - 2));
    }

    @Test
    void eventsKeepTheirNumberAndTheirSeverity() throws IOException {
        var log = WindowsEventLog.open(scm);
        log.write(Severity.INFO, 2002, "Ready\0on 3260");
        log.write(Severity.WARNING, 1103, "login refused");
        log.write(Severity.CRITICAL, 3001, "x".repeat(40_000));
        assertEquals(
                List.of(
                        "eventSource Kume",
                        "report 4 2002 Ready on 3260",
                        "report 2 1103 login refused",
                        "report 1 3001 " + "x".repeat(30_000)),
                scm.calls);
    }

    @Test
    void startedByHandItSaysSo() {
        scm.refusals.put("dispatch", WindowsException.FAILED_SERVICE_CONTROLLER_CONNECT);
        WindowsException refused =
                assertThrows(WindowsException.class, () -> process(drains::add).run(daemon -> 0));
        assertEquals("dispatch: This process was not started as a service", refused.getMessage());
    }
}
