package dev.kume.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.core.Clock;
import dev.kume.protocol.event.LogEvent;
import dev.kume.protocol.event.ServerEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The log of a daemon: what goes where, and what happens when a place takes nothing. */
final class LogOutputTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return NOW;
        }
    };

    /** The standard error of a test: it takes lines, refuses them, or holds up who writes. */
    private static final class Screen extends OutputStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private volatile @Nullable String refusal;
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final CountDownLatch entered = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            entered.countDown();
            boolean interrupted = false;
            while (true) {
                try {
                    gate.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            String reason = refusal;
            if (reason != null) {
                throw new IOException(reason);
            }
            synchronized (taken) {
                taken.write(bytes, from, length);
            }
        }

        List<String> lines() {
            synchronized (taken) {
                return taken.toString(StandardCharsets.UTF_8).lines().toList();
            }
        }
    }

    private final Screen screen = new Screen();
    private final Logger logger = (Logger) LoggerFactory.getLogger("log-output-test");
    private final ThreadFactory threads = Thread.ofPlatform().daemon(true).factory();
    private final List<String> troubles = Collections.synchronizedList(new ArrayList<>());
    private final LogOutput output = new LogOutput(CLOCK, threads, logger, null, screen, false);

    @TempDir
    Path directory;

    @AfterEach
    void end() {
        screen.gate.countDown();
        output.end();
    }

    @Test
    void beforeADaemonBeginsLinesAreWrittenAtOnce() {
        log(DiskEvent.ONLINE, "vms");
        assertEquals(List.of("2026-11-27T10:00:00.000Z INFO  KUME-3003 Disk vms is online again"), screen.lines());
    }

    @Test
    void aSlowReaderHoldsUpNobody() throws InterruptedException {
        screen.gate = new CountDownLatch(1);
        output.begin(LogSettings.DEFAULTS);
        log(DiskEvent.ONLINE, "first");
        screen.entered.await();
        // The thread of the log waits in its write; this one must not.
        int flood = LogOutput.LINES_WAITING_MAX + 500;
        for (int i = 0; i < flood; i++) {
            output.submit(new LogLine(NOW, null, "INFO", "Source" + i, "line", Map.of(), null));
        }
        for (int i = 0; i < 5; i++) {
            log(DiskEvent.MAP_NOTES_LEFT_OUT, "/d/" + i);
        }
        screen.gate.countDown();
        output.end();
        List<String> lines = screen.lines();
        assertEquals(
                5,
                lines.stream().filter(line -> line.contains("CRIT  KUME-3023")).count(),
                "none is dropped");
        int kept = LogOutput.LINES_WAITING_MAX - LogOutput.KEPT_FREE;
        assertEquals(
                kept, lines.stream().filter(line -> line.contains(" Source")).count());
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("KUME-2404 " + (flood - kept) + " lines were left out")),
                () -> lines.getLast());
    }

    @Test
    void aPlaceThatTakesNothingIsToldToTheOthersAndOnlyOnce() throws IOException {
        Path file = directory.resolve("kume.log");
        output.begin(new LogSettings(LogFormat.TEXT, org.slf4j.event.Level.INFO, file, 1 << 20, 1));
        output.tell(told());
        screen.refusal = "No space left on device";
        log(DiskEvent.ONLINE, "a");
        log(DiskEvent.ONLINE, "b");
        log(DiskEvent.ONLINE, "c");
        awaitLines(file, 4);
        screen.refusal = null;
        log(DiskEvent.ONLINE, "d");
        output.end();
        assertEquals(List.of("standard error: No space left on device", "standard error works"), List.copyOf(troubles));
        List<String> inFile = Files.readAllLines(file);
        assertEquals(
                1,
                inFile.stream()
                        .filter(line -> line.contains("KUME-2402 standard error cannot be"))
                        .count());
        assertEquals(
                4, inFile.stream().filter(line -> line.contains("KUME-3003")).count(), "the file has all");
        List<String> lines = screen.lines();
        assertEquals("", lines.getFirst(), "what was cut off ends first");
        assertTrue(lines.get(1).endsWith("KUME-2403 standard error can be written again; 3 lines were lost there"));
        assertTrue(lines.get(2).endsWith("Disk d is online again"), lines::toString);
    }

    @Test
    void whoComesLaterIsToldOfTheTroubleThatStands() {
        screen.refusal = "Broken pipe";
        log(DiskEvent.ONLINE, "a");
        output.tell(told());
        assertEquals(List.of("standard error: Broken pipe"), List.copyOf(troubles));
    }

    @Test
    void aFileThatCannotBeMadeIsTroubleAndNoEnd() {
        Path file = directory.resolve("no-such-directory").resolve("kume.log");
        output.begin(new LogSettings(LogFormat.TEXT, org.slf4j.event.Level.INFO, file, 1 << 20, 1));
        output.tell(told());
        log(DiskEvent.ONLINE, "a");
        output.end();
        assertEquals(List.of("log file " + file + ": " + file + " (No such file or directory)"), List.copyOf(troubles));
        assertTrue(screen.lines().stream().anyMatch(line -> line.endsWith("Disk a is online again")));
    }

    @Test
    void jsonIsOneObjectALine() throws IOException {
        output.reload(new LogSettings(LogFormat.JSON, org.slf4j.event.Level.INFO, null, 1 << 20, 1));
        log(ServerEvent.SESSION_ENDED, "10.0.0.7:51000", "iqn.2026-11.dev.kume:n1", "iqn.t", "a \"word\"\n<3>forged");
        assertEquals(1, screen.lines().size());
        JsonNode line = JsonMapper.builder().build().readTree(screen.lines().getFirst());
        assertEquals("2026-11-27T10:00:00Z", line.path("time").asText());
        assertEquals("info", line.path("level").asText());
        assertEquals("KUME-1201", line.path("event").asText());
        assertEquals("SESSION_ENDED", line.path("name").asText());
        assertEquals("10.0.0.7:51000", line.path("fields").path("peer").asText());
        assertEquals(
                "iqn.2026-11.dev.kume:n1", line.path("fields").path("initiator").asText());
        assertEquals("iqn.t", line.path("fields").path("target").asText());
    }

    @Test
    void nothingInANameEndsALine() {
        log(ServerEvent.LOGIN_ENDED, "10.0.0.7:1", "iqn\r\n2026 CRIT  KUME-3023 forged\u001b[2J", "closed");
        assertEquals(1, screen.lines().size());
        assertTrue(screen.lines().getFirst().contains("iqn\\u000d\\u000a2026"), screen.lines()::toString);
        assertFalse(screen.lines().getFirst().contains("\u001b"));
    }

    @Test
    void journaldGetsAPriorityForEachLine() {
        Screen journal = new Screen();
        LogOutput toJournal = new LogOutput(CLOCK, threads, logger, null, journal, true);
        toJournal.submit(
                new LogLine(NOW, DiskEvent.BUG, "ERROR", "Source", "it broke", Map.of(), "java.lang.Error\n\tat A.b"));
        toJournal.submit(LogLine.of(NOW, DiskEvent.MAP_NOTES_LEFT_OUT, "/d/vms"));
        toJournal.submit(LogLine.of(NOW, DiskEvent.ONLINE, "vms"));
        assertEquals(
                List.of("<3>2", "<3> ", "<3> ", "<2>2", "<6>2"),
                journal.lines().stream().map(line -> line.substring(0, 4)).toList());
    }

    @Test
    void settingsSetTheLevelUnlessTheEnvironmentDoes() {
        output.reload(new LogSettings(LogFormat.TEXT, org.slf4j.event.Level.WARN, null, 1 << 20, 1));
        assertEquals(Level.WARN, logger.getLevel());
        LogOutput forced = new LogOutput(CLOCK, threads, logger, Level.DEBUG, screen, false);
        forced.reload(LogSettings.DEFAULTS);
        assertEquals(Level.DEBUG, logger.getLevel());
    }

    private LogTroubles told() {
        return new LogTroubles() {
            @Override
            public void begun(String place, String reason) {
                troubles.add(place + ": " + reason);
            }

            @Override
            public void over(String place) {
                troubles.add(place + " works");
            }
        };
    }

    private void log(LogEvent event, @Nullable Object... values) {
        output.submit(LogLine.of(NOW, event, values));
    }

    private static void awaitLines(Path file, int lines) throws IOException {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!Files.exists(file) || Files.readAllLines(file).size() < lines) {
            assertTrue(System.nanoTime() < end, "the lines do not come");
            Thread.onSpinWait();
        }
    }
}
