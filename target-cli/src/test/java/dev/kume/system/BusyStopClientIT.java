package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawInitiator;
import dev.kume.system.wire.RawPdu;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C while sessions are busy. */
final class BusyStopClientIT {
    private static final int SESSIONS = 16;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void interruptEndsSixteenBusySessionsInTimeAndLosesNothing() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = daemon.provide("busy", "64MB", "vhd");
            Path file = daemon.file("busy");
            List<StampedWriter> writers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                StampedWriter writer = new StampedWriter(daemon, RunningDaemon.NODE1, iqn, i, 256);
                writers.add(writer);
                threads.add(Thread.ofPlatform().start(writer));
            }
            try (RawInitiator silent = RawInitiator.connect(daemon.portal());
                    RawInitiator stuck = daemon.login(RunningDaemon.NODE1, iqn)) {
                leaveSolicitedDataUnsent(stuck);
                awaitAllBusy(daemon, writers);
                assertEquals(0, daemon.signal("INT", LIMIT), daemon::log);
                assertTrue(silent.closedByTarget(1000));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            try (FileChannel image = FileChannel.open(file)) {
                for (StampedWriter writer : writers) {
                    assertEquals(List.of(), writer.complaints());
                    assertEquals(List.of(), writer.lostAfterAnswer((offsetBytes, bytes) -> {
                        ByteBuffer target = ByteBuffer.allocate(bytes);
                        image.read(target, offsetBytes);
                        return target.array();
                    }));
                }
            }
        }
    }

    /** A write of which the target gets the immediate part only: it waits for the rest as long as the session lives. */
    private static void leaveSolicitedDataUnsent(RawInitiator session) throws Exception {
        session.clearUnitAttentions(0);
        RawPdu write = RawPdu.of(0x01, 0xA1);
        write.header()
                .putInt(16, 0x77)
                .putInt(20, 262_144)
                .putInt(24, session.cmdSn())
                .put(32, Cdb.write16(100_000, 512));
        session.send(write);
        assertEquals(0x31, session.receive().opcode(), "the target asks for the data");
    }

    private static void awaitAllBusy(RunningDaemon daemon, List<StampedWriter> writers) throws Exception {
        long end = System.nanoTime() + 15_000_000_000L;
        while (writers.stream().anyMatch(writer -> writer.flushes() < 2)) {
            assertTrue(System.nanoTime() < end, () -> "not all sessions get to work:\n" + daemon.log());
            Thread.sleep(10);
        }
    }
}
