package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.Cdb;
import dev.kume.system.wire.RawAnswer;
import dev.kume.system.wire.RawInitiator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dynamic VHDXs of 40 TB, alone and over a parent: made, written at both ends, and unmapped from one end to the other
 * as Windows does when it formats a volume.
 */
final class HugeDiskClientIT {
    private static final long SEED = 40;
    private static final long SIZE_BYTES = 40L << 40;
    private static final int SECTOR_BYTES = 512;
    private static final int PIECE_BYTES = 256 << 10;

    /** What a descriptor of UNMAP has room for, and page B0h allows. */
    private static final long UNMAP_BLOCKS_MAX = 0xFFFF_FFFFL;

    private static final long MEMORY_GROWTH_BYTES_MAX = 64L << 20;

    /** Several times what it takes, for a machine that has other things to do. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @BeforeAll
    static void clients() {
        Clients.need("qemu-img", "vhdiinfo");
    }

    @Test
    void fortyTerabytes() throws Exception {
        Path file;
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = target(daemon);
            create(daemon, "huge", "\"size\":\"40TB\",\"format\":\"vhdx\",\"type\":\"dynamic\"");
            map(daemon, "huge", 0);
            file = daemon.file("huge");
            try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.clearUnitAttentions(0);
                writeAndUnmap(daemon, session, 0);
            }
            daemon.stop();
        }
        DiskImages.clean(file);
        String size = DiskImages.fact(file, "Media size");
        assertTrue(size.contains("(" + SIZE_BYTES + " bytes)"), size);
    }

    /** The map of a child has to say that blocks are zeroes which its parent has. */
    @Test
    void fortyTerabytesOverAParent() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(directory)) {
            String iqn = target(daemon);
            create(daemon, "parent", "\"size\":\"40TB\",\"format\":\"vhdx\",\"type\":\"dynamic\"");
            map(daemon, "parent", 0);
            Random random = new Random(SEED);
            byte[] piece = new byte[PIECE_BYTES];
            random.nextBytes(piece);
            try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.clearUnitAttentions(0);
                for (int i = 0; i < 40; i++) {
                    write(session, 0, (i << 40L) + (random.nextLong(1L << 40) & -PIECE_BYTES), piece);
                }
                write(session, 0, 0, piece);
            }
            daemon.admin("unmap", "parent", "huge");
            daemon.admin("disk", "set", "parent", "--sharing", "read-only");
            create(daemon, "child", "\"parent\":\"parent\"");
            map(daemon, "child", 1);
            try (RawInitiator session = daemon.login(RunningDaemon.NODE1, iqn)) {
                session.clearUnitAttentions(1);
                assertArrayEquals(piece, read(session, 1, 0));
                writeAndUnmap(daemon, session, 1);
            }
            daemon.stop();
        }
    }

    private static String target(RunningDaemon daemon) throws IOException {
        String iqn = RunningDaemon.IQN_PREFIX + ":huge";
        daemon.post("/v1/targets", """
                {"name":"huge","iqn":"%s","initiators":["%s"]}""".formatted(iqn, RunningDaemon.NODE1));
        return iqn;
    }

    private static void map(RunningDaemon daemon, String disk, int lun) throws IOException {
        daemon.post("/v1/mappings", """
                {"disk":"%s","target":"huge","lun":%d}""".formatted(disk, lun));
    }

    /** Past the command line, whose start would be most of the time. */
    private static void create(RunningDaemon daemon, String name, String options) throws Exception {
        quickly("making '" + name + "'", () -> daemon.provideDisk("""
                {"name":"%s",%s}""".formatted(name, options)));
        long bytes = Files.size(daemon.file(name));
        assertTrue(bytes < 64 << 20, () -> name + " begins with " + bytes + " bytes");
    }

    private static void writeAndUnmap(RunningDaemon daemon, RawInitiator session, int lun) throws Exception {
        byte[] piece = new byte[PIECE_BYTES];
        new Random(SEED + 1).nextBytes(piece);
        long last = SIZE_BYTES - PIECE_BYTES;
        long middle = (21L << 40) + SECTOR_BYTES;
        for (long at : new long[] {0, middle, last}) {
            write(session, lun, at, piece);
        }
        flush(session, lun);
        for (long at : new long[] {0, middle, last}) {
            assertArrayEquals(piece, read(session, lun, at));
        }
        long beforeBytes = daemon.residentBytes();
        quickly("unmapping LUN " + lun, () -> {
            byte[] list = wholeDisk();
            good(session.command(lun, Cdb.unmap(list.length), list, 0));
            flush(session, lun);
        });
        long grownBytes = daemon.residentBytes() - beforeBytes;
        System.out.printf("HugeDiskClientIT: %d MB more memory after the UNMAP%n", grownBytes >> 20);
        assertTrue(grownBytes < MEMORY_GROWTH_BYTES_MAX, () -> "the daemon has grown by " + grownBytes + " bytes");
        for (long at : new long[] {0, middle, last}) {
            assertArrayEquals(new byte[PIECE_BYTES], read(session, lun, at));
        }
    }

    private static byte[] wholeDisk() {
        long blocks = SIZE_BYTES / SECTOR_BYTES;
        int descriptors = (int) Math.ceilDiv(blocks, UNMAP_BLOCKS_MAX);
        long[] ranges = new long[2 * descriptors];
        for (int at = 0; at < descriptors; at++) {
            ranges[2 * at] = at * UNMAP_BLOCKS_MAX;
            ranges[2 * at + 1] = Math.min(UNMAP_BLOCKS_MAX, blocks - at * UNMAP_BLOCKS_MAX);
        }
        return Cdb.unmapList(ranges);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void quickly(String what, Work work) throws Exception {
        long begin = System.nanoTime();
        work.run();
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf("HugeDiskClientIT: %s took %d ms%n", what, taken.toMillis());
        assertTrue(taken.compareTo(LIMIT) < 0, () -> what + " took " + taken);
    }

    private static void write(RawInitiator session, int lun, long offsetBytes, byte[] bytes) throws IOException {
        byte[] cdb = Cdb.write16(offsetBytes / SECTOR_BYTES, bytes.length / SECTOR_BYTES);
        good(session.command(lun, cdb, bytes, 0));
    }

    private static void flush(RawInitiator session, int lun) throws IOException {
        good(session.command(lun, Cdb.synchronizeCache(), new byte[0], 0));
    }

    private static byte[] read(RawInitiator session, int lun, long offsetBytes) throws IOException {
        byte[] cdb = Cdb.read16(offsetBytes / SECTOR_BYTES, PIECE_BYTES / SECTOR_BYTES);
        RawAnswer answer = good(session.command(lun, cdb, new byte[0], PIECE_BYTES));
        assertEquals(PIECE_BYTES, answer.data().length);
        return answer.data();
    }

    private static RawAnswer good(RawAnswer answer) {
        assertTrue(answer.good(), answer::outcome);
        return answer;
    }
}
