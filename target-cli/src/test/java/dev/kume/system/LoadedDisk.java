package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A disk that is LUN 0 of a target of its own, and that two nodes write: each in its half of the first 48 MiB. */
final class LoadedDisk {
    static final long LOADED_BYTES = 48L << 20;
    private static final int PLACES = 192;
    private static final int READS = 16;
    private static final int BLOCK_SECTORS = WriteHistory.BLOCK_BYTES / WriteHistory.SECTOR_BYTES;

    private final RunningDaemon daemon;
    private final String name;
    private final String iqn;
    private final List<KilledWriter> writers;
    private final List<Thread> threads = new ArrayList<>();

    private LoadedDisk(RunningDaemon daemon, String name, long seed) {
        this.daemon = daemon;
        this.name = name;
        this.iqn = RunningDaemon.IQN_PREFIX + ":" + name;
        this.writers = List.of(
                new KilledWriter(daemon, RunningDaemon.NODE1, iqn, 0, PLACES, seed),
                new KilledWriter(daemon, RunningDaemon.NODE2, iqn, LOADED_BYTES / 2, PLACES, seed + 1));
    }

    /**
     * Makes the disk, empty.
     *
     * @param kind fields of the request, beside its name and sharing
     */
    static LoadedDisk create(RunningDaemon daemon, String name, String kind, long seed) throws Exception {
        Operation.done(daemon, "/v1/disks", "{\"name\":\"%s\",\"sharing\":\"cluster\",%s}".formatted(name, kind));
        return map(daemon, name, seed);
    }

    /** The same with a disk that there is, and that is empty. */
    static LoadedDisk map(RunningDaemon daemon, String name, long seed) throws IOException {
        LoadedDisk disk = new LoadedDisk(daemon, name, seed);
        daemon.post(
                "/v1/targets",
                "{\"name\":\"%s\",\"iqn\":\"%s\",\"initiators\":[\"%s\",\"%s\"]}"
                        .formatted(name, disk.iqn, RunningDaemon.NODE1, RunningDaemon.NODE2));
        daemon.post("/v1/mappings", "{\"disk\":\"%s\",\"target\":\"%s\",\"lun\":0}".formatted(name, name));
        return disk;
    }

    String name() {
        return name;
    }

    // ---- load

    /** Starts to write, and waits until a few batches are done. */
    void startLoad() throws InterruptedException {
        long[] before = writers.stream().mapToLong(KilledWriter::batches).toArray();
        writers.forEach(writer -> threads.add(Thread.ofPlatform().start(writer)));
        long end = System.nanoTime() + 30_000_000_000L;
        for (int i = 0; i < before.length; i++) {
            KilledWriter writer = writers.get(i);
            while (writer.batches() < before[i] + 3) {
                assertTrue(System.nanoTime() < end, () -> "no progress on " + name + ": " + writer.complaints());
                Thread.sleep(2);
            }
        }
    }

    /** Writers that the daemon has left alone end by themselves; others are told to. */
    void endLoad() throws InterruptedException {
        writers.forEach(KilledWriter::end);
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
    }

    long batches() {
        return writers.stream().mapToLong(KilledWriter::batches).sum();
    }

    // ---- content

    /** What is done with a session at the disk. */
    @FunctionalInterface
    interface With {
        void session(RawInitiator session) throws IOException;
    }

    void with(With with) throws IOException {
        try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
            session.clearUnitAttentions(0);
            with.session(session);
            session.logout();
        }
    }

    /** Every write that was answered is there. Nobody writes meanwhile. */
    void checkNothingIsLost(String when) throws IOException {
        with(session -> {
            for (KilledWriter writer : writers) {
                assertEquals(List.of(), writer.complaints(), () -> name + ", " + when);
                assertEquals(List.of(), writer.history().lost(through(session)), () -> name + ", " + when);
            }
        });
    }

    /** Adds to {@code moment} when this disk was as a copy of it is. */
    void compare(WriteHistory.Source copy, CommonMoment moment, String what) throws IOException {
        for (KilledWriter writer : writers) {
            assertEquals(List.of(), writer.history().compare(copy, moment), () -> what + " of " + name);
        }
    }

    /** The disk has another content than it had, which is some older one: that is what it has from now on. */
    void adopt() throws IOException {
        with(session -> {
            for (KilledWriter writer : writers) {
                assertEquals(List.of(), writer.history().adopt(through(session)), name);
            }
        });
    }

    /** Makes durable what was written. */
    void flush() throws IOException {
        with(session -> assertTrue(
                session.command(0, Cdb.synchronizeCache(), new byte[0], 0).good(), name));
    }

    /** Reads through a session, some blocks at a time. */
    static WriteHistory.Source through(RawInitiator session) {
        return offsetsBytes -> {
            List<byte[]> found = new ArrayList<>();
            int[] tags = new int[offsetsBytes.length];
            for (int i = 0; i < tags.length + READS; i++) {
                if (i < tags.length) {
                    byte[] cdb = Cdb.read16(offsetsBytes[i] / WriteHistory.SECTOR_BYTES, BLOCK_SECTORS);
                    tags[i] = session.submit(0, cdb, new byte[0], WriteHistory.BLOCK_BYTES);
                }
                if (i >= READS && i - READS < tags.length) {
                    RawAnswer answer = session.await(tags[i - READS]);
                    assertTrue(answer.good(), () -> "READ(16) ends with " + answer.outcome());
                    found.add(answer.data());
                }
            }
            return found;
        };
    }
}
