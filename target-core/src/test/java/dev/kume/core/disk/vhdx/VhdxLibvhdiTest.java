package dev.kume.core.disk.vhdx;

import static dev.kume.core.disk.vhdx.VhdxFiles.MIB;
import static dev.kume.core.disk.vhdx.VhdxFiles.options;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Differencing files of Kume, and files with sectors of 4096 bytes, as libvhdi reads them: qemu opens neither. Blocks
 * that are zeroes over a parent (PAYLOAD_BLOCK_ZERO) are left out: libvhdi 20210425 reads the parent there.
 */
class VhdxLibvhdiTest {
    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final VhdxFormat vhdx = VhdxFiles.format(9);

    @BeforeEach
    void needLibvhdi() {
        Programs.require("vhdimount", "libvhdi-utils");
    }

    @ParameterizedTest
    @CsvSource({"1, 512", "2, 512", "32, 512", "1, 4096", "8, 4096"})
    void chainOfThreeReadsAsItWasWritten(int blockMib, int sector) throws Exception {
        byte[] model = new byte[(int) (40 * MIB)];
        Random random = new Random(blockMib);
        Path bottom = directory.resolve("bottom.vhdx");
        Path middle = directory.resolve("middle.vhdx");
        Path top = directory.resolve("top.vhdx");
        create(bottom, null, blockMib * MIB, sector, model.length);
        try (VirtualDisk disk = vhdx.open(files.open(bottom, false))) {
            change(random, disk, model, sector);
        }
        create(middle, bottom, blockMib * MIB, sector, model.length);
        try (VirtualDisk below = vhdx.open(files.open(bottom, true));
                VirtualDisk disk = vhdx.open(files.open(middle, false), true, below)) {
            change(random, disk, model, sector);
        }
        create(top, middle, blockMib * MIB, sector, model.length);
        try (VirtualDisk lowest = vhdx.open(files.open(bottom, true));
                VirtualDisk below = vhdx.open(files.open(middle, true), true, lowest);
                VirtualDisk disk = vhdx.open(files.open(top, false), true, below)) {
            change(random, disk, model, sector);
        }
        assertArrayEquals(model, throughLibvhdi(top));
        String info = Programs.run("vhdiinfo", top.toString()).orThrow();
        assertTrue(info.contains("Bytes per sector\t: " + sector), info);
        assertTrue(info.contains("Parent identifier\t: " + contentId(middle)), info);
    }

    private static void change(Random random, VirtualDisk disk, byte[] model, int sector) throws IOException {
        for (int i = 0; i < 25; i++) {
            byte[] content = new byte[sector * random.nextInt(1, 300)];
            random.nextBytes(content);
            int at = random.nextInt((model.length - content.length) / sector) * sector;
            disk.write(at, ByteBuffer.wrap(content));
            System.arraycopy(content, 0, model, at, content.length);
        }
    }

    private void create(Path file, @Nullable Path parent, long blockBytes, int sector, long sizeBytes)
            throws IOException {
        ParentLink link = parent == null
                ? null
                : new ParentLink(
                        contentId(parent), String.valueOf(parent.getFileName()), parent.toString(), ParentLink.NO_TIME);
        try (BackingStore store = files.create(file)) {
            vhdx.create(
                    store,
                    options(
                            parent == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING,
                            sizeBytes,
                            blockBytes,
                            sector,
                            link));
        }
    }

    private UUID contentId(Path file) throws IOException {
        try (BackingStore store = files.open(file, true)) {
            UUID id = vhdx.inspect(store).contentId();
            assertNotNull(id);
            return id;
        }
    }

    private byte[] throughLibvhdi(Path file) throws Exception {
        Path mounted = Files.createDirectory(directory.resolve("mnt"));
        Programs.run("vhdimount", file.toString(), mounted.toString()).orThrow();
        try {
            assertEquals(3, mounted.toFile().list().length, "the chain");
            return Files.readAllBytes(mounted.resolve("vhdi3"));
        } finally {
            Programs.run("umount", mounted.toString()).orThrow();
        }
    }
}
