package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sparse disk on a real file system that fills up. Root alone can mount one; without it these tests are left out.
 */
@EnabledOnOs(OS.LINUX)
class FullFileSystemTest {
    private static final int DISK_BLOCKS = 16_384;
    private static final int BLOCK_BYTES = 4096;

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();

    @Test
    void tmpfs() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        fillsUpAndComesBack(mount, "-t", "tmpfs", "-o", "size=16m", "kume-test", mount.toString());
    }

    @Test
    void ext4() throws Exception {
        Programs.require("mkfs.ext4", "e2fsprogs");
        Path device = directory.resolve("device");
        try (BackingStore store = files.create(device)) {
            store.resize(24 << 20);
        }
        Programs.run("mkfs.ext4", "-q", "-m", "0", device.toString()).orThrow();
        Path mount = Files.createDirectory(directory.resolve("mount"));
        fillsUpAndComesBack(mount, "-o", "loop", device.toString(), mount.toString());
    }

    private void fillsUpAndComesBack(Path mount, String... mountArguments) throws Exception {
        String[] command = new String[mountArguments.length + 1];
        command[0] = "mount";
        System.arraycopy(mountArguments, 0, command, 1, mountArguments.length);
        Programs.Result mounted = Programs.run(command);
        assumeTrue(mounted.status() == 0, "cannot mount a small file system here: " + mounted.output());
        try {
            Path ballast = Files.write(mount.resolve("ballast"), new byte[4 << 20]);
            Path file = mount.resolve("disk");
            BitSet written = new BitSet();
            try (BackingStore plain = files.create(file)) {
                plain.resize((long) DISK_BLOCKS * BLOCK_BYTES);
                BackingStore disk = new ReservingStore(plain);
                fill(disk, written);
                disk.flush();
                // What has its space is written and read as ever.
                disk.write((long) written.nextSetBit(0) * BLOCK_BYTES, block(written.nextSetBit(0)));
                disk.flush();
                Files.delete(ballast);
                int hole = written.nextClearBit(DISK_BLOCKS / 2);
                disk.write((long) hole * BLOCK_BYTES, block(hole));
                written.set(hole);
                disk.flush();
            }
            try (BackingStore again = files.open(file, true)) {
                for (int block = 0; block < DISK_BLOCKS; block++) {
                    ByteBuffer there = ByteBuffer.allocate(BLOCK_BYTES);
                    again.read((long) block * BLOCK_BYTES, there);
                    byte[] expected = written.get(block) ? block(block).array() : new byte[BLOCK_BYTES];
                    assertArrayEquals(expected, there.array(), "block " + block);
                }
            }
        } finally {
            Programs.run("umount", mount.toString()).orThrow();
        }
    }

    /** Writes blocks here and there until the file system is full, and a good deal beyond. */
    private static void fill(BackingStore disk, BitSet written) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        while (refused < 500) {
            int block = random.nextInt(DISK_BLOCKS);
            try {
                disk.write((long) block * BLOCK_BYTES, block(block));
                written.set(block);
            } catch (NoSpaceException full) {
                refused++;
                // A refused write into blocks that were there would leave them half new; they are not refused.
                assertTrue(!written.get(block), "block " + block + " has its space");
            }
            if (random.nextInt(64) == 0) {
                disk.flush();
            }
        }
        assertEquals(500, refused);
    }

    private static ByteBuffer block(int number) {
        byte[] bytes = new byte[BLOCK_BYTES];
        Arrays.fill(bytes, (byte) (number * 7 + 1 | 1));
        return ByteBuffer.wrap(bytes);
    }
}
