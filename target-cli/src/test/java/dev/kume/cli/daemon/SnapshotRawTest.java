package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.cli.api.ApiPaths;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Snapshots of raw disks on XFS and Btrfs. Root alone can mount one; without it these are left out, and say so. */
@EnabledOnOs(OS.LINUX)
final class SnapshotRawTest {
    private static final int SIZE_BYTES = 24 << 20;

    @TempDir
    Path folder;

    private final Random random = new Random(21);
    private final byte[] content = new byte[SIZE_BYTES];

    private void write(SnapshotHost host) throws IOException {
        for (int i = 0; i < 10; i++) {
            byte[] bytes = new byte[512 * (1 + random.nextInt(500))];
            random.nextBytes(bytes);
            int at = 512 * random.nextInt((SIZE_BYTES - bytes.length) / 512);
            System.arraycopy(bytes, 0, content, at, bytes.length);
            host.open("a").write(at, ByteBuffer.wrap(bytes));
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @ParameterizedTest
    @CsvSource({"mkfs.xfs, xfsprogs", "mkfs.btrfs, btrfs-progs"})
    void theyShareBytesWithTheDisk(String mkfs, String debianPackage) throws Exception {
        assumeTrue(run("which", mkfs) == 0, mkfs + " is not installed (Debian: " + debianPackage + ")");
        Path device = folder.resolve("device");
        try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
            file.setLength(512L << 20);
        }
        assertEquals(0, run(mkfs, "-q", device.toString()));
        Path mount = Files.createDirectory(folder.resolve("mount"));
        assumeTrue(
                run("mount", "-o", "loop", device.toString(), mount.toString()) == 0,
                "cannot mount a file system here: that needs root and a loop device");
        try {
            on(mount);
        } finally {
            assertEquals(0, run("umount", mount.toString()));
        }
    }

    private void on(Path mount) throws Exception {
        byte[] one;
        byte[] clone;
        try (RunningManagement kume = RunningManagement.in(mount)) {
            SnapshotHost host = new SnapshotHost(kume);
            host.create("a", "raw", SIZE_BYTES);
            write(host);
            host.take("a", "one");
            one = content.clone();
            write(host);
            host.take("a", "two");
            assertEquals("fixed", host.view("a").path("type").asText());
            assertEquals(
                    mount.resolve("disks/a.img").toString(),
                    host.view("a").path("file").asText());
            assertTrue(host.snapshots("a").getFirst().path("base").isNull());
            byte[] two = content.clone();
            write(host);
            assertArrayEquals(content, host.read("a"));
            assertArrayEquals(one, host.readSnapshot("a", "one"));
            assertArrayEquals(two, host.readSnapshot("a", "two"));
            // A clone needs nothing: the snapshot may go.
            host.mount("a", "two", "c", true);
            clone = two.clone();
            Arrays.fill(clone, 0, 4096, (byte) 3);
            host.open("c").write(0, ByteBuffer.wrap(clone, 0, 4096).slice());
            assertEquals("[]", host.snapshots("a").getLast().path("usedBy").toString());
            host.remove("a", "two");
            assertArrayEquals(clone, host.read("c"));
            host.checkTidy(mount);
        }
        try (RunningManagement kume = RunningManagement.in(mount)) {
            SnapshotHost host = new SnapshotHost(kume);
            assertArrayEquals(content, host.read("a"));
            assertArrayEquals(clone, host.read("c"));
            host.restore("a", "one");
            assertArrayEquals(one, host.read("a"));
            System.arraycopy(one, 0, content, 0, SIZE_BYTES);
            write(host);
            assertArrayEquals(content, host.read("a"));
            assertArrayEquals(one, host.readSnapshot("a", "one"));
            assertEquals(List.of("one"), host.names("a"));
            assertEquals(200, kume.delete(ApiPaths.diskRemoval("a", true, true)).status());
            host.checkTidy(mount);
        }
    }
}
