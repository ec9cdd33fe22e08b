package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.LateStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A disk as commands see it, through all its views: space and copies inside of the file system are the file's own. */
class DiskViewsTest {
    private static final int SIZE = 4 << 20;

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();

    @Test
    void aWriteThatNeedsSpaceIsNoneForALoop() throws IOException {
        LateStore host = new LateStore(MemoryDisk.emptyStore(SIZE), 100);
        IsolatedDisk disk = seen(FlatDisk.open(host, new DiskInfo(SIZE, false, true)), "a");
        assertFalse(disk.hasSpace(0, 512));
        assertFalse(disk.tryWrite(0, ByteBuffer.allocate(512)), "taking space waits");
        disk.write(0, ByteBuffer.allocate(512));
        assertTrue(disk.hasSpace(512, 512));
        assertTrue(disk.tryWrite(512, ByteBuffer.allocate(512)));
    }

    @Test
    void spaceIsMeasuredAndRemembered() throws IOException {
        LateStore host = new LateStore(MemoryDisk.emptyStore(SIZE), 100);
        IsolatedDisk disk = seen(FlatDisk.open(host, new DiskInfo(SIZE, false, true)), "a");
        assertNull(disk.lastSpace());
        disk.write(0, ByteBuffer.allocate(512));
        DiskSpace measured = disk.measureSpace();
        assertEquals(new DiskSpace(16 * 4096, 84 * 4096, 100 * 4096), measured);
        assertEquals(measured, disk.lastSpace());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void bytesGoFromFileToFileAndInsideOfOne() throws IOException {
        try (BackingStore one = files.create(directory.resolve("one"));
                BackingStore two = files.create(directory.resolve("two"))) {
            one.resize(SIZE);
            two.resize(SIZE);
            IsolatedDisk from = seen(FlatDisk.open(one, new DiskInfo(SIZE, false, true)), "a");
            IsolatedDisk to = seen(FlatDisk.open(two, new DiskInfo(SIZE, false, true)), "b");
            byte[] content = new byte[1 << 20];
            new SplittableRandom(5).nextBytes(content);
            from.write(0, ByteBuffer.wrap(content));
            assertEquals(content.length, to.copyFrom(from, 0, 2 << 20, content.length));
            assertEquals(content.length, to.copyFrom(to, 2 << 20, 0, content.length));
            ByteBuffer back = ByteBuffer.allocate(content.length);
            to.read(0, back);
            assertArrayEquals(content, back.array());
        }
    }

    /** As a unit has it. */
    private IsolatedDisk seen(VirtualDisk disk, String journal) throws IOException {
        return IsolatedDisk.of(JournaledDisk.open(disk, files, directory.resolve(journal + ".journal")));
    }
}
