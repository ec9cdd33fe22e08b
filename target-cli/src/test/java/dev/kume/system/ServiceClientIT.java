package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.RawInitiator;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reload and drain under sessions that work. */
final class ServiceClientIT {
    private static final int SESSIONS = 8;

    @TempDir
    Path directory;

    @Test
    void sessionsDoNotNoticeThatOtherPortalsComeAndGo() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("busy", "64MB", "vhd");
            StampedWriter writer = new StampedWriter(daemon, RunningDaemon.NODE1, iqn, 0, 256);
            Thread thread = Thread.ofPlatform().start(writer);
            awaitFlushes(daemon, List.of(writer), 2);
            Path file = directory.resolve("kume.yaml");
            String before = Files.readString(file);
            String second = "  - name: second\n    listen: [\"127.0.0.2:%d\"]\n".formatted(daemon.port());
            for (int round = 0; round < 5; round++) {
                Files.writeString(file, before.replace("metrics:", second + "metrics:"));
                String added = daemon.admin("service", "reload");
                assertTrue(added.startsWith("portals.second added with tag 2"), added);
                try (RawInitiator other = RawInitiator.discovery(
                        new java.net.InetSocketAddress("127.0.0.2", daemon.port()), "iqn.2026-11.x:y")) {
                    other.ping();
                }
                Files.writeString(file, before);
                String removed = daemon.admin("service", "reload");
                assertTrue(removed.startsWith("portals.second closed"), removed);
                awaitFlushes(daemon, List.of(writer), writer.flushes() + 2);
            }
            Files.writeString(file, before + "colour: red\n");
            Program.Result refused = daemon.kume("service", "reload");
            assertEquals(2, refused.exitCode(), refused::toString);
            writer.end();
            thread.join();
            assertEquals(List.of(), writer.complaints());
            assertEquals(1, daemon.log().split("logged in to " + iqn, -1).length - 1, "one login has carried it all");
            daemon.stop();
        }
    }

    @Test
    void aDrainLosesNothingAndNamesWhoWouldNotGo() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("busy", "64MB", "vhd");
            Path image = daemon.file("busy");
            List<StampedWriter> writers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                StampedWriter writer = new StampedWriter(daemon, RunningDaemon.NODE1, iqn, i, 256);
                writers.add(writer);
                threads.add(Thread.ofPlatform().start(writer));
            }
            awaitFlushes(daemon, writers, 2);
            try (RawInitiator stubborn = daemon.login(RunningDaemon.NODE1, iqn)) {
                stubborn.clearUnitAttentions(0);
                Program.Result drained = daemon.kume("service", "drain", "--timeout", "3s");
                assertEquals(0, drained.exitCode(), drained::toString);
                assertTrue(
                        drained.toString().contains("did not log out in time: " + RunningDaemon.NODE1),
                        drained::toString);
                assertTrue(stubborn.closedByTarget(1_000));
            }
            assertEquals(0, daemon.exit(), daemon::log);
            for (Thread thread : threads) {
                thread.join();
            }
            try (FileChannel file = FileChannel.open(image)) {
                for (StampedWriter writer : writers) {
                    assertEquals(List.of(), writer.complaints());
                    assertEquals(List.of(), writer.lostAfterAnswer((offsetBytes, bytes) -> {
                        ByteBuffer target = ByteBuffer.allocate(bytes);
                        file.read(target, offsetBytes);
                        return target.array();
                    }));
                }
            }
        }
    }

    private static void awaitFlushes(RunningDaemon daemon, List<StampedWriter> writers, long flushes) throws Exception {
        long end = System.nanoTime() + 15_000_000_000L;
        while (writers.stream().anyMatch(writer -> writer.flushes() < flushes)) {
            assertTrue(System.nanoTime() < end, () -> "not all sessions get to work:\n" + daemon.log());
            Thread.sleep(10);
        }
    }
}
