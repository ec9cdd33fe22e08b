package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon goes away under sixteen writing sessions of the built-in initiator, which has the timers of Windows: it
 * connects again each five seconds and holds requests for sixty. No error may reach those who write.
 */
final class RestartClientIT {
    private static final int SESSIONS = 16;
    private static final int BLOCKS = 256;
    private static final int DEPTH = 4;
    private static final double HOLD_SECONDS = 60;

    @TempDir
    Path directory;

    /** What ends the daemon and begins it again. */
    private interface Absence {
        void happen(RunningDaemon daemon) throws Exception;
    }

    @Test
    void noErrorReachesAWriterWhenTheDaemonIsKilledAndStartedAgain() throws Exception {
        survive("kill -9 and restart", daemon -> {
            daemon.kill();
            daemon.restart();
        });
    }

    @Test
    void noErrorReachesAWriterWhenTheDaemonIsDrainedAndStartedAgain() throws Exception {
        survive("service drain and start", daemon -> {
            String out = daemon.admin("service", "drain", "--timeout", "60s");
            assertFalse(out.contains("cut"), () -> "somebody did not log out when asked: " + out);
            daemon.restart();
        });
    }

    private void survive(String what, Absence absence) throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory);
                InitiatorHost host = new InitiatorHost(RunningDaemon.NODE1)) {
            String iqn = daemon.provide("one", "64MB", "vhd");
            List<InitiatorSession> sessions = new ArrayList<>();
            List<HostWriter> writers = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                InitiatorSession session = host.login(daemon.portal(), iqn, SessionSettings.windows())
                        .get(20, TimeUnit.SECONDS);
                sessions.add(session);
                writers.add(new HostWriter(host.disk(session, 0), i, BLOCKS).start(DEPTH));
            }
            awaitWrites(writers, 500);
            writers.forEach(HostWriter::takeLongestSilenceSeconds);

            long begin = System.nanoTime();
            absence.happen(daemon);
            double daemonSeconds = (System.nanoTime() - begin) / 1e9;
            awaitWrites(writers, 500);
            double[] silences = writers.stream()
                    .mapToDouble(HostWriter::takeLongestSilenceSeconds)
                    .sorted()
                    .toArray();

            for (HostWriter writer : writers) {
                writer.end().get(70, TimeUnit.SECONDS);
                assertEquals(List.of(), writer.complaints());
            }
            assertEquals(List.of(), host.violations());
            assertTrue(
                    sessions.stream().allMatch(session -> session.statistics().logins() == 2));
            assertTrue(silences[SESSIONS - 1] < HOLD_SECONDS);
            System.out.printf(
                    "%s: the daemon was away for %.1f s, the writers for %.1f to %.1f s; %d commands were sent again%n",
                    what,
                    daemonSeconds,
                    silences[0],
                    silences[SESSIONS - 1],
                    sessions.stream()
                            .mapToLong(session -> session.statistics().reissued())
                            .sum());
            for (InitiatorSession session : sessions) {
                session.logout().get(20, TimeUnit.SECONDS);
            }
            Path file = daemon.file("one");
            daemon.stop();
            ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
            for (HostWriter writer : writers) {
                assertEquals(List.of(), writer.lost(content));
            }
        }
    }

    /** Each writes so often from now on. */
    private static void awaitWrites(List<HostWriter> writers, int count) throws InterruptedException {
        long[] goals =
                writers.stream().mapToLong(writer -> writer.writes() + count).toArray();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(70);
        for (int i = 0; i < goals.length; i++) {
            HostWriter writer = writers.get(i);
            while (writer.writes() < goals[i]) {
                assertEquals(List.of(), writer.complaints());
                assertTrue(System.nanoTime() < end, "a writer makes no progress");
                Thread.sleep(10);
            }
        }
    }
}
