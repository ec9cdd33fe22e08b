package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.testing.Programs;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that share their bytes, on real file systems. Root alone can mount one; without it these are left out. */
@EnabledOnOs(OS.LINUX)
class ReflinkTest {
    private static final int SIZE_BYTES = (32 << 20) + 512;
    private static final int AT_BYTES = 5 << 20;

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();

    private interface Look {
        void at(Path mount) throws Exception;
    }

    @Test
    void xfsShares() throws Exception {
        Programs.require("mkfs.xfs", "xfsprogs");
        mounted(this::sharesAndKeepsApart, "mkfs.xfs", "-q", "-m", "reflink=1");
    }

    @Test
    void btrfsShares() throws Exception {
        Programs.require("mkfs.btrfs", "btrfs-progs");
        mounted(this::sharesAndKeepsApart, "mkfs.btrfs", "-q");
    }

    @Test
    void xfsWithoutReflinkSaysSo() throws Exception {
        Programs.require("mkfs.xfs", "xfsprogs");
        mounted(this::cannot, "mkfs.xfs", "-q", "-m", "reflink=0");
    }

    @Test
    void ext4SaysSo() throws Exception {
        Programs.require("mkfs.ext4", "e2fsprogs");
        mounted(this::cannot, "mkfs.ext4", "-q");
    }

    private void mounted(Look look, String... mkfs) throws Exception {
        Path device = directory.resolve("device");
        try (BackingStore store = files.create(device)) {
            store.resize(512 << 20);
        }
        String[] command = Arrays.copyOf(mkfs, mkfs.length + 1);
        command[mkfs.length] = device.toString();
        Programs.run(command).orThrow();
        Path mount = Files.createDirectory(directory.resolve("mount"));
        Programs.Result mounted = Programs.run("mount", "-o", "loop", device.toString(), mount.toString());
        assumeTrue(mounted.status() == 0, "cannot mount a file system here: " + mounted.output());
        try {
            look.at(mount);
        } finally {
            Programs.run("umount", mount.toString()).orThrow();
        }
    }

    private static ByteBuffer bytes(int value) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        while (bytes.hasRemaining()) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }

    private BackingStore source(Path mount) throws Exception {
        BackingStore source = files.create(mount.resolve("source"));
        source.resize(SIZE_BYTES);
        for (int at = 0; at + (1 << 20) <= SIZE_BYTES; at += 1 << 20) {
            source.write(at, bytes(7));
        }
        return source;
    }

    private void sharesAndKeepsApart(Path mount) throws Exception {
        try (BackingStore source = source(mount);
                BackingStore copy = files.create(mount.resolve("copy"))) {
            source.flush();
            Programs.run("sync", "-f", mount.toString()).orThrow();
            long freeBefore = source.hostSpace().freeBytes();
            assertTrue(copy.reflinkFrom(source, SIZE_BYTES));
            copy.flush();
            assertEquals(SIZE_BYTES, copy.sizeBytes());
            assertEquals(SIZE_BYTES, Files.size(mount.resolve("copy")));
            source.write(AT_BYTES, bytes(9));
            assertEquals(7, byteAt(copy, AT_BYTES));
            assertEquals(9, byteAt(source, AT_BYTES));
            copy.write(AT_BYTES, bytes(8));
            assertEquals(9, byteAt(source, AT_BYTES));
            assertEquals(7, byteAt(copy, AT_BYTES - 1));
            source.flush();
            copy.flush();
            Programs.run("sync", "-f", mount.toString()).orThrow();
            long taken = freeBefore - source.hostSpace().freeBytes();
            assertTrue(taken < SIZE_BYTES / 2, "it took " + taken);
            // A part, over what is there already.
            assertTrue(copy.reflinkFrom(source, 8 << 20));
            assertEquals(9, byteAt(copy, AT_BYTES));
            assertEquals(SIZE_BYTES, copy.sizeBytes());
        }
    }

    private void cannot(Path mount) throws Exception {
        try (BackingStore source = source(mount);
                BackingStore copy = files.create(mount.resolve("copy"))) {
            assertFalse(copy.reflinkFrom(source, SIZE_BYTES));
            assertEquals(0, copy.sizeBytes());
        }
        // From one file system to another neither.
        try (BackingStore source = files.open(mount.resolve("source"), false);
                BackingStore copy = files.create(directory.resolve("elsewhere"))) {
            assertFalse(copy.reflinkFrom(source, SIZE_BYTES));
            assertEquals(0, copy.sizeBytes());
        }
    }

    private static int byteAt(BackingStore store, long offsetBytes) throws Exception {
        ByteBuffer one = ByteBuffer.allocate(1);
        store.read(offsetBytes, one);
        return one.get(0);
    }
}
