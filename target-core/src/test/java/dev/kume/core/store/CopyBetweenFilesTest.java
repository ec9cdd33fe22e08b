package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.disk.MemoryDisk;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that go from file to file inside of the file system. */
@EnabledOnOs(OS.LINUX)
class CopyBetweenFilesTest {
    private static final int SIZE = 8 << 20;

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final byte[] content = random();

    @Test
    void theBytesArriveAndTheOthersStay() throws IOException {
        copies(directory);
    }

    @Test
    void sharedExtentsAreNotSharedBytes() throws Exception {
        Programs.require("mkfs.xfs", "xfsprogs");
        Path device = directory.resolve("device");
        try (BackingStore store = files.create(device)) {
            store.resize(320 << 20);
        }
        Programs.run("mkfs.xfs", "-q", "-m", "reflink=1", device.toString()).orThrow();
        Path mount = Files.createDirectory(directory.resolve("mount"));
        Programs.Result mounted = Programs.run("mount", "-o", "loop", device.toString(), mount.toString());
        assumeTrue(mounted.status() == 0, "cannot mount XFS here: " + mounted.output());
        try {
            copies(mount);
        } finally {
            Programs.run("umount", mount.toString()).orThrow();
        }
    }

    @Test
    void anotherKindOfStoreCannot() throws IOException {
        try (BackingStore there = files.create(directory.resolve("a"));
                LocalFile portable = (LocalFile) LocalFiles.portable().create(directory.resolve("b"))) {
            there.resize(SIZE);
            portable.resize(SIZE);
            assertEquals(0, there.copyFrom(MemoryDisk.emptyStore(SIZE), 0, 0, 4096));
            assertEquals(0, there.copyFrom(portable, 0, 0, 4096));
            assertEquals(0, portable.copyFrom(there, 0, 0, 4096));
        }
    }

    @Test
    void afterTheSourceIsClosedNothingIsCopied() throws IOException {
        try (BackingStore there = files.create(directory.resolve("a"))) {
            there.resize(SIZE);
            BackingStore gone = files.create(directory.resolve("b"));
            gone.resize(SIZE);
            gone.close();
            assertEquals(0, there.copyFrom(gone, 0, 0, 4096));
            BackingStore source = files.create(directory.resolve("c"));
            source.resize(SIZE);
            there.close();
            assertThrows(StoreClosedException.class, () -> there.copyFrom(source, 0, 0, 4096));
            source.close();
        }
    }

    private void copies(Path folder) throws IOException {
        try (BackingStore from = files.create(folder.resolve("from"));
                BackingStore to = files.create(folder.resolve("to"))) {
            from.resize(SIZE);
            to.resize(SIZE);
            from.write(0, ByteBuffer.wrap(content));
            to.write(0, filled((byte) 7));
            int bytes = 5 << 20;
            copyFully(from, to, 1 << 20, 2 << 20, bytes);
            to.flush();
            // What either side writes afterwards is its own.
            from.write(1 << 20, filled((byte) 8).limit(65_536));
            byte[] there = read(to);
            assertArrayEquals(Arrays.copyOfRange(content, 1 << 20, (1 << 20) + bytes), at(there, 2 << 20, bytes));
            assertEquals(7, there[(2 << 20) - 1]);
            assertEquals(7, there[(2 << 20) + bytes]);
            to.write(4 << 20, filled((byte) 9).limit(65_536));
            assertArrayEquals(at(content, 3 << 20, 65_536), at(read(from), 3 << 20, 65_536));
        }
    }

    private static void copyFully(BackingStore from, BackingStore to, long fromBytes, long toBytes, long bytes)
            throws IOException {
        BackingStore over = new ReservingStore(to);
        long done = 0;
        while (done < bytes) {
            long step = over.copyFrom(new ReservingStore(from), fromBytes + done, toBytes + done, bytes - done);
            assertTrue(step > 0, "this system cannot");
            done += step;
        }
        assertTrue(over.hasSpace(toBytes, bytes));
    }

    private static byte[] read(BackingStore store) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(SIZE);
        store.read(0, all);
        return all.array();
    }

    private static byte[] at(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    private static ByteBuffer filled(byte with) {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, with);
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] random() {
        byte[] bytes = new byte[SIZE];
        new SplittableRandom(3).nextBytes(bytes);
        return bytes;
    }
}
