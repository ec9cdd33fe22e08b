package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of Kume as qemu sees them, and files of qemu as Kume sees them. */
class VhdQemuTest {
    private static final long GIB = 1L << 30;
    private static final Pattern VIRTUAL_SIZE = Pattern.compile("\"virtual-size\": (\\d+)");

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));
    private final DiskFormats formats = new DiskFormats(List.of(vhd, new RawFormat()));

    @BeforeEach
    void needQemu() {
        Programs.require("qemu-img", "qemu-utils");
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                512,
                1 << 20,
                (1 << 20) + 512,
                2 * GIB,
                30 * GIB,
                30 * GIB + 512,
                127 * GIB,
                127 * GIB + 512,
                136_899_993_600L, // exactly the largest geometry
                136_899_993_600L + 512,
                128 * GIB,
                2040 * GIB,
            })
    void qemuSeesExactlyTheSizeAsked(long sizeBytes) throws Exception {
        Path file = directory.resolve("a.vhd");
        create(file, sizeBytes).close();
        assertEquals(sizeBytes + 512, Files.size(file));
        assertEquals(sizeBytes, qemuSizeBytes(file));
    }

    @Test
    void qemuSeesTheBytesThatWereWritten() {
        Trials.forSeed(71, 3, random -> {
            long sizeBytes = 512L * random.nextLong(1, 8192);
            Path file = directory.resolve("a" + random.nextInt() + ".vhd");
            byte[] model = new byte[(int) sizeBytes];
            try (VirtualDisk disk = create(file, sizeBytes)) {
                for (int i = 0; i < 20; i++) {
                    int from = 512 * random.nextInt(model.length / 512);
                    byte[] content = new byte[Math.min(model.length - from, 512 * random.nextInt(1, 200))];
                    random.nextBytes(content);
                    disk.write(from, ByteBuffer.wrap(content));
                    System.arraycopy(content, 0, model, from, content.length);
                }
                disk.flush();
            }
            Path raw = Files.write(directory.resolve("model.img"), model);
            Programs.run("qemu-img", "compare", "-f", "vpc", "-F", "raw", file.toString(), raw.toString())
                    .orThrow();
        });
    }

    @ParameterizedTest
    @CsvSource({"1M,on", "1M,off", "2G,on", "2G,off", "30G,on", "30G,off", "127G,off", "128G,on", "2040G,on"})
    void diskOfQemuOpensWithTheSizeThatQemuReports(String size, String forceSize) throws Exception {
        Path file = directory.resolve("q.vhd");
        Programs.run(
                        "qemu-img",
                        "create",
                        "-f",
                        "vpc",
                        "-o",
                        "subformat=fixed,force_size=" + forceSize,
                        file.toString(),
                        size)
                .orThrow();
        try (BackingStore store = files.open(file, true)) {
            assertSame(vhd, formats.probe(store));
            assertEquals(qemuSizeBytes(file), vhd.inspect(store).sizeBytes());
        }
    }

    @Test
    void diskConvertedByQemuHoldsTheBytes() throws Exception {
        byte[] content = new byte[1 << 20];
        new Random(5).nextBytes(content);
        Path raw = Files.write(directory.resolve("model.img"), content);
        Path file = directory.resolve("q.vhd");
        Programs.run(
                        "qemu-img",
                        "convert",
                        "-f",
                        "raw",
                        "-O",
                        "vpc",
                        "-o",
                        "subformat=fixed,force_size=on",
                        raw.toString(),
                        file.toString())
                .orThrow();
        try (VirtualDisk disk = vhd.open(files.open(file, false))) {
            ByteBuffer back = ByteBuffer.allocate(content.length);
            disk.read(0, back);
            assertArrayEquals(content, back.array());
            disk.write(0, ByteBuffer.wrap(new byte[512]));
            disk.flush();
        }
        assertEquals(1 << 20, qemuSizeBytes(file));
    }

    @ParameterizedTest
    @CsvSource({
        "vhdx, vhdx, a VHDX; Kume serves VHD and raw files: convert it to one of them first",
        "qcow2, img, a qcow2 image; Kume serves VHD and raw files: convert it to one of them first",
        "vmdk, img, a VMDK; Kume serves VHD and raw files: convert it to one of them first",
        "vdi, img, a VirtualBox disk; Kume serves VHD and raw files: convert it to one of them first",
    })
    void otherFormatsOfQemuAreRefusedByName(String qemuFormat, String extension, String reason) throws Exception {
        Path file = directory.resolve("q." + extension);
        Programs.run("qemu-img", "create", "-f", qemuFormat, file.toString(), "10M")
                .orThrow();
        try (BackingStore store = files.open(file, true)) {
            DiskFormatException e = assertThrows(DiskFormatException.class, () -> {
                DiskFormat format = formats.probe(store);
                format.open(store);
            });
            assertEquals(file + " is " + reason, e.getMessage());
        }
    }

    private VirtualDisk create(Path file, long sizeBytes) throws IOException {
        return new DiskFiles(files)
                .create(file, vhd, new CreateOptions(sizeBytes, UUID.randomUUID(), true, Progress.NONE));
    }

    private static long qemuSizeBytes(Path file) throws Exception {
        String info = Programs.run("qemu-img", "info", "-f", "vpc", "--output=json", file.toString())
                .orThrow();
        Matcher matcher = VIRTUAL_SIZE.matcher(info);
        assertTrue(matcher.find(), info);
        return Long.parseLong(matcher.group(1));
    }
}
