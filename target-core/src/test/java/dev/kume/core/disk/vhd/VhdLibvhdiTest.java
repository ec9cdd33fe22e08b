package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Differencing VHDs of Kume as libvhdi reads them: the one free program that follows a VHD to its parent. */
class VhdLibvhdiTest {
    private static final int BLOCK = 512 << 10;

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    @BeforeEach
    void needLibvhdi() {
        Programs.require("vhdiinfo", "libvhdi-utils");
        Programs.require("vhdimount", "libvhdi-utils");
        Programs.require("umount", "mount");
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "/dev/fuse cannot be opened");
    }

    @Test
    void childOverParentReadsTheSameThere() {
        Trials.forSeed(4100, 3, random -> {
            byte[] model = new byte[4096 * random.nextInt(250, 1100)];
            Path parentFile = directory.resolve("base" + random.nextInt(1 << 20) + ".vhd");
            Path childFile = directory.resolve("child" + random.nextInt(1 << 20) + ".vhd");
            UUID parentId = UUID.randomUUID();
            try (VirtualDisk parent = create(parentFile, DiskType.DYNAMIC, model.length, parentId, null)) {
                VhdDynamicTest.changeLikeAModel(parent, model, random, 20);
            }
            ParentLink link = new ParentLink(
                    parentId,
                    parentFile.getFileName().toString(),
                    parentFile.toString(),
                    Files.getLastModifiedTime(parentFile).toInstant().getEpochSecond());
            try (VirtualDisk parent = vhd.open(files.open(parentFile, true))) {
                createChild(childFile, model.length, UUID.randomUUID(), link);
                MappedDisk child = (MappedDisk) vhd.open(files.open(childFile, false), true, parent);
                changeToWholeBytesOfTheBitmap(child, model, random);
                assertArrayEquals(model, VhdDynamicTest.read(child, 0, model.length));
                child.close();
            }
            assertArrayEquals(model, throughLibvhdi(childFile, model.length));
        });
    }

    @Test
    void infoTellsTypeSizeAndIdentity() throws Exception {
        UUID parentId = UUID.fromString("c0ffee00-0000-4000-8000-00000000cafe");
        UUID id = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
        Path file = directory.resolve("child.vhd");
        ParentLink link = new ParentLink(parentId, "base.vhd", "/srv/base.vhd", 1_795_000_000L);
        createChild(file, 4 << 20, id, link);
        String info = Programs.run("vhdiinfo", file.toString()).orThrow().toLowerCase(Locale.ROOT);
        assertTrue(info.contains("differential"), info);
        assertTrue(info.contains("4194304"), info);
        assertTrue(info.contains(id.toString()), info);
        assertTrue(info.contains(parentId.toString()), info);
        assertTrue(info.contains("base.vhd"), info);
    }

    @Test
    void dynamicDiskReadsTheSameThere() {
        Trials.forSeed(4200, 3, random -> {
            byte[] model = new byte[512 * random.nextInt(2000, 9000)];
            Path file = directory.resolve("a" + random.nextInt(1 << 20) + ".vhd");
            try (VirtualDisk disk = create(file, DiskType.DYNAMIC, model.length, UUID.randomUUID(), null)) {
                VhdDynamicTest.changeLikeAModel(disk, model, random, 20);
            }
            assertArrayEquals(model, throughLibvhdi(file, model.length));
        });
    }

    /**
     * Writes from any sector on, to the end of one that has the last bit of a byte in the bitmap: libvhdi 20210425
     * takes the bits behind a run, to the end of its byte, for set as well.
     */
    private static void changeToWholeBytesOfTheBitmap(VirtualDisk disk, byte[] model, RandomGenerator random)
            throws IOException {
        for (int i = 0; i < 30; i++) {
            int from = 512 * random.nextInt(model.length / 512);
            int to = Math.min(model.length, Math.ceilDiv(from + 512 * random.nextInt(1, 600), 4096) * 4096);
            byte[] content = new byte[to - from];
            random.nextBytes(content);
            disk.write(from, ByteBuffer.wrap(content));
            System.arraycopy(content, 0, model, from, content.length);
        }
    }

    private byte[] throughLibvhdi(Path file, int bytes) throws Exception {
        Path mounted = Files.createTempDirectory(directory, "mnt");
        Programs.run("vhdimount", file.toString(), mounted.toString()).orThrow();
        try {
            Path newest = null;
            for (int i = 1; Files.exists(mounted.resolve("vhdi" + i)); i++) {
                newest = mounted.resolve("vhdi" + i);
            }
            assertTrue(newest != null, "vhdimount shows no disk");
            assertEquals(bytes, Files.size(newest));
            try (InputStream in = Files.newInputStream(newest)) {
                return in.readNBytes(bytes);
            }
        } finally {
            Programs.run("umount", mounted.toString()).orThrow();
        }
    }

    private void createChild(Path file, long sizeBytes, UUID id, ParentLink link) throws IOException {
        try (BackingStore store = files.create(file)) {
            vhd.create(store, options(DiskType.DIFFERENCING, sizeBytes, id, link));
        }
    }

    private VirtualDisk create(Path file, DiskType type, long sizeBytes, UUID id, ParentLink link) throws IOException {
        return new DiskFiles(files).create(file, vhd, options(type, sizeBytes, id, link));
    }

    private static CreateOptions options(DiskType type, long sizeBytes, UUID id, ParentLink link) {
        return new CreateOptions(sizeBytes, id, type, true, BLOCK, DiskImage.Sectors.UNSAID, link, Progress.NONE);
    }
}
