package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.api.ApiPaths;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots are taken and removed while hosts write: no write is lost, none is in a snapshot before an earlier one. */
final class SnapshotLoadTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 8 * MIB;
    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS = SIZE_BYTES / SECTOR_BYTES;

    @TempDir
    Path folder;

    private RunningManagement kume;
    private SnapshotHost host;

    @BeforeEach
    void start() throws DaemonException {
        kume = RunningManagement.in(folder);
        host = new SnapshotHost(kume);
    }

    @AfterEach
    void stop() {
        kume.close();
    }

    /**
     * Writes sectors with a number that grows by one with each write, to the disks in turn; each write returns before
     * the next one begins. Its own sectors are those whose number has this writer's remainder.
     */
    private static final class Writer {
        private final List<VirtualDisk> disks;
        private final int share;
        private final int writers;
        private final Random random;
        private final List<long[]> last;
        private final AtomicBoolean ends = new AtomicBoolean();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final Thread thread;
        private long stamp;

        Writer(List<VirtualDisk> disks, int share, int writers, long firstStamp) {
            this.disks = disks;
            this.share = share;
            this.writers = writers;
            this.random = new Random(share);
            this.stamp = firstStamp;
            this.last = disks.stream().map(disk -> new long[SECTORS]).toList();
            this.thread = Thread.ofPlatform().name("writer-" + share).unstarted(this::run);
        }

        private void run() {
            try {
                while (!ends.get()) {
                    write();
                }
            } catch (IOException | RuntimeException | Error e) {
                failure.set(e);
            }
        }

        private void write() throws IOException {
            int disk = (int) (stamp % disks.size());
            int sector = share + writers * random.nextInt(SECTORS / writers);
            ByteBuffer bytes = ByteBuffer.allocate(SECTOR_BYTES);
            while (bytes.hasRemaining()) {
                bytes.putLong(stamp);
            }
            disks.get(disk).write((long) sector * SECTOR_BYTES, bytes.flip());
            last.get(disk)[sector] = stamp;
            stamp++;
            if (stamp % 64 == 0) {
                disks.get(disk).flush();
            }
        }

        void start() {
            thread.start();
        }

        void end() throws InterruptedException {
            ends.set(true);
            thread.join();
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new AssertionError(thrown);
            }
        }

        /** All that this writer has ever written is there, and each sector is whole. */
        void check(List<byte[]> contents) {
            for (int disk = 0; disk < contents.size(); disk++) {
                long[] stamps = stampsOf(contents.get(disk));
                for (int sector = share; sector < SECTORS; sector += writers) {
                    assertEquals(last.get(disk)[sector], stamps[sector], "disk " + disk + " sector " + sector);
                }
            }
        }
    }

    private static long[] stampsOf(byte[] content) {
        long[] stamps = new long[content.length / SECTOR_BYTES];
        ByteBuffer bytes = ByteBuffer.wrap(content);
        for (int sector = 0; sector < stamps.length; sector++) {
            stamps[sector] = bytes.getLong();
            for (int i = Long.BYTES; i < SECTOR_BYTES; i += Long.BYTES) {
                assertEquals(stamps[sector], bytes.getLong(), "sector " + sector + " is torn");
            }
        }
        return stamps;
    }

    /** The last write of each writer that is in it; of one moment when they are those of one moment. */
    private static long lastStamp(byte[] content, int share, int writers) {
        long[] stamps = stampsOf(content);
        long last = 0;
        for (int sector = share; sector < stamps.length; sector += writers) {
            last = Math.max(last, stamps[sector]);
        }
        return last;
    }

    private List<Writer> writing(List<VirtualDisk> disks, int writers, long firstStamp) {
        List<Writer> all = new ArrayList<>();
        for (int share = 0; share < writers; share++) {
            all.add(new Writer(disks, share, writers, firstStamp));
        }
        all.forEach(Writer::start);
        return all;
    }

    /** Stamp n went to disk a, n + 1 to b: where b has n + 1, a has n, unless a's sector was written again. */
    @Test
    void snapshotsOfTwoDisksAreOfOneMoment() throws Exception {
        int writers = 3;
        host.create("a", "vhdx", SIZE_BYTES);
        host.create("b", "vhd", SIZE_BYTES);
        List<Writer> all = writing(List.of(host.open("a"), host.open("b")), writers, 1);
        for (int i = 0; i < 6; i++) {
            host.done(ApiPaths.SNAPSHOTS, "{\"disks\":[\"b\",\"a\"],\"name\":\"s%d\"}".formatted(i));
        }
        for (Writer writer : all) {
            writer.end();
        }
        List<byte[]> contents = List.of(host.read("a"), host.read("b"));
        all.forEach(writer -> writer.check(contents));
        int moved = 0;
        long before = 0;
        for (int i = 0; i < 6; i++) {
            byte[] a = host.readSnapshot("a", "s" + i);
            byte[] b = host.readSnapshot("b", "s" + i);
            for (int share = 0; share < writers; share++) {
                long inA = lastStamp(a, share, writers);
                long inB = lastStamp(b, share, writers);
                assertTrue(Math.abs(inA - inB) <= 1, "snapshot %d: %d and %d".formatted(i, inA, inB));
            }
            long now = lastStamp(a, 0, writers);
            assertTrue(now >= before);
            moved += now > before ? 1 : 0;
            before = now;
        }
        assertTrue(moved > 0, "nothing was written meanwhile");
        host.checkTidy(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void sixtyFourDeepAndAllRemovedUnderLoad(String format) throws Exception {
        int depth = 64;
        host.create("a", format, SIZE_BYTES);
        byte[] content = new byte[SIZE_BYTES];
        Random random = new Random(64);
        Map<String, byte[]> kept = new HashMap<>();
        for (int i = 0; i < depth; i++) {
            byte[] bytes = new byte[SECTOR_BYTES * (1 + random.nextInt(300))];
            random.nextBytes(bytes);
            int at = SECTOR_BYTES * random.nextInt((SIZE_BYTES - bytes.length) / SECTOR_BYTES);
            host.open("a").write(at, ByteBuffer.wrap(bytes));
            System.arraycopy(bytes, 0, content, at, bytes.length);
            host.take("a", "s" + i);
            if (i % 9 == 0) {
                kept.put("s" + i, content.clone());
            }
        }
        assertEquals(depth, host.names("a").size());
        assertArrayEquals(content, host.read("a"));
        stop();
        start();
        assertArrayEquals(content, host.read("a"));
        for (Map.Entry<String, byte[]> snapshot : kept.entrySet()) {
            assertArrayEquals(snapshot.getValue(), host.readSnapshot("a", snapshot.getKey()), snapshot.getKey());
        }
        int writers = 2;
        List<Writer> all = writing(List.of(host.open("a")), writers, 1);
        host.remove("a", host.names("a").toArray(String[]::new));
        for (Writer writer : all) {
            writer.end();
        }
        assertEquals(List.of(), host.names("a"));
        byte[] now = host.read("a");
        for (Writer writer : all) {
            for (int sector = writer.share; sector < SECTORS; sector += writers) {
                byte[] there = Arrays.copyOfRange(now, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
                long stamp = writer.last.getFirst()[sector];
                if (stamp == 0) {
                    assertArrayEquals(
                            Arrays.copyOfRange(content, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES),
                            there,
                            "sector " + sector);
                } else {
                    assertEquals(stamp, ByteBuffer.wrap(there).getLong(), "sector " + sector);
                }
            }
        }
        assertTrue(all.getFirst().stamp > 1, "nothing was written meanwhile");
        host.checkTidy(folder);
        stop();
        start();
        assertArrayEquals(now, host.read("a"));
        assertEquals(List.of("a." + format), SnapshotHost.files(folder.resolve("disks")));
    }

    /** One is taken and one removed, over and over, while hosts write. */
    @ParameterizedTest
    @ValueSource(strings = {"vhd", "vhdx"})
    void takenAndRemovedOverAndOver(String format) throws Exception {
        int writers = 3;
        host.create("a", format, SIZE_BYTES);
        List<Writer> all = writing(List.of(host.open("a")), writers, 1);
        for (int i = 0; i < 8; i++) {
            host.take("a", "s" + i);
            if (i >= 3) {
                List<String> names = host.names("a");
                host.remove("a", names.get(i % names.size()));
            }
        }
        host.remove("a", host.names("a").toArray(String[]::new));
        for (Writer writer : all) {
            writer.end();
        }
        byte[] now = host.read("a");
        all.forEach(writer -> writer.check(List.of(now)));
        host.checkTidy(folder);
    }
}
