package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A well-behaved session that writes a block and reads it back, over and over, and notes how long it had to wait. */
final class SteadyReader implements AutoCloseable {
    private final RawInitiator session;
    private final Thread thread;
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicReference<Throwable> trouble = new AtomicReference<>();
    private volatile boolean ending;

    SteadyReader(RunningDaemon daemon, String iqn) throws IOException {
        session = daemon.login(RunningDaemon.NODE1, iqn);
        session.clearUnitAttentions(0);
        thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
        try {
            for (int i = 1; !ending; i++) {
                long began = System.nanoTime();
                byte[] data = new byte[4096];
                java.util.Arrays.fill(data, (byte) i);
                good(session.command(0, Cdb.write16(i % 1000 * 8, 8), data, 0));
                RawAnswer back = good(session.command(0, Cdb.read16(i % 1000 * 8, 8), new byte[0], 4096));
                if (!java.util.Arrays.equals(data, back.data())) {
                    throw new IOException("other data read than written");
                }
                longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
                turns.incrementAndGet();
                Thread.sleep(1);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            trouble.set(e);
        }
    }

    private static RawAnswer good(RawAnswer answer) throws IOException {
        if (!answer.good()) {
            throw new IOException("ends with " + answer.outcome());
        }
        return answer;
    }

    /** Fails when the session has been disturbed, or does not go on now. */
    void expectUndisturbed(String by, long longestMillis) throws InterruptedException {
        long before = turns.get();
        long end = System.nanoTime() + 5_000_000_000L;
        while (turns.get() < before + 10 && trouble.get() == null && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertEquals(null, trouble.get(), () -> "the healthy session was disturbed by " + by);
        assertTrue(turns.get() >= before + 10, () -> "the healthy session stands still because of " + by);
        long waited = longestNanos.getAndSet(0) / 1_000_000;
        assertTrue(waited <= longestMillis, () -> "the healthy session waited " + waited + " ms because of " + by);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        thread.join();
        session.close();
    }
}
