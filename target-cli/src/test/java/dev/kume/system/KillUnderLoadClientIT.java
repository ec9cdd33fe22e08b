package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL under write load, twenty times. The page cache outlives a process, so this proves what the daemon keeps in
 * its own memory and in its state directory; that a flush reaches the device is {@link FlushTraceClientIT}'s matter.
 */
final class KillUnderLoadClientIT {
    private static final int KILLS = 20;
    private static final int BLOCKS = 512;
    private static final long SEED = 20;

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private final Set<String> acknowledgedTargets = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void clients() {
        Clients.need("qemu-io", "stdbuf");
    }

    @Test
    void whatWasAcknowledgedIsThereAndInitiatorsGoOn() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String one = daemon.provide("one", "64MB", "vhd");
            String two = RunningDaemon.IQN_PREFIX + ":two";
            daemon.admin("target", "create", "two", "--iqn", two, "--initiator", RunningDaemon.NODE2);
            daemon.admin("map", "one", "two", "--lun", "0");
            List<StampedWriter> writers = List.of(
                    new StampedWriter(daemon, RunningDaemon.NODE1, one, 0, BLOCKS),
                    new StampedWriter(daemon, RunningDaemon.NODE2, two, 1, BLOCKS));
            try (QemuIo qemu = new QemuIo(daemon.imageOptions(RunningDaemon.NODE1, one, 0), directory)) {
                for (int round = 1; round <= KILLS; round++) {
                    killOnce(daemon, writers, qemu, round);
                    everythingIsThere(daemon, one, writers, round);
                    qemu.expectRound(round);
                }
                assertEquals(0, qemu.quit(), "qemu-io came through all kills");
            }
            daemon.stop();
        }
    }

    private void killOnce(RunningDaemon daemon, List<StampedWriter> writers, QemuIo qemu, int round) throws Exception {
        List<Thread> threads = new ArrayList<>();
        long[] before = writers.stream().mapToLong(StampedWriter::flushes).toArray();
        writers.forEach(writer -> threads.add(Thread.ofPlatform().start(writer)));
        Thread changes = Thread.ofPlatform().start(() -> changeUntilUnreachable(daemon, round));
        threads.add(changes);
        qemu.startRound(round);
        String byCommandLine = "cli-" + round;
        daemon.admin("target", "create", byCommandLine, "--initiator", RunningDaemon.NODE1);
        acknowledgedTargets.add(byCommandLine);
        awaitFlushes(writers, before);
        Thread.sleep(random.nextInt(200));
        daemon.kill();
        for (Thread thread : threads) {
            thread.join();
        }
        daemon.restart();
    }

    private static void awaitFlushes(List<StampedWriter> writers, long[] before) throws InterruptedException {
        long end = System.nanoTime() + 15_000_000_000L;
        for (int i = 0; i < before.length; i++) {
            while (writers.get(i).flushes() < before[i] + 2) {
                StampedWriter writer = writers.get(i);
                assertTrue(System.nanoTime() < end, () -> "a writer makes no progress: " + writer.complaints());
                Thread.sleep(5);
            }
        }
    }

    /** Makes targets as fast as the daemon answers; those answered for are remembered. */
    private void changeUntilUnreachable(RunningDaemon daemon, int round) {
        try {
            for (int i = 0; i < 10_000; i++) {
                String name = "api-%d-%d".formatted(round, i);
                daemon.post("/v1/targets", "{\"name\":\"" + name + "\"}");
                acknowledgedTargets.add(name);
                Thread.sleep(20);
            }
        } catch (IOException e) {
            // The daemon is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void everythingIsThere(RunningDaemon daemon, String iqn, List<StampedWriter> writers, int round)
            throws IOException {
        Set<String> targets = new HashSet<>();
        for (JsonNode target : daemon.get("/v1/targets").path("targets")) {
            targets.add(target.path("name").asText());
        }
        Set<String> missing = new HashSet<>(acknowledgedTargets);
        missing.removeAll(targets);
        assertEquals(Set.of(), missing, "changes lost by kill " + round);
        assertTrue(targets.containsAll(List.of("one", "two")), "the first targets are gone after kill " + round);
        try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
            session.clearUnitAttentions(0);
            for (StampedWriter writer : writers) {
                assertEquals(List.of(), writer.complaints(), "round " + round);
                assertEquals(List.of(), writer.lostAfterFlush(StampedWriter.through(session)), "kill " + round);
                assertEquals(List.of(), writer.lostAfterAnswer(StampedWriter.through(session)), "kill " + round);
            }
        }
    }
}
