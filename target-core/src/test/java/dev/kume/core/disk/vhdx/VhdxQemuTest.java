package dev.kume.core.disk.vhdx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of Kume as qemu sees them, and files of qemu as Kume sees them. */
class VhdxQemuTest {
    private static final long MIB = 1L << 20;
    private static final DiskImage.Sectors SMALL = new DiskImage.Sectors(512, 4096);

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final VhdxFormat vhdx = new VhdxFormat(new Random(7));

    @BeforeEach
    void needQemu() {
        Programs.require("qemu-img", "qemu-utils");
    }

    /** qemu opens logical sectors of 512 bytes alone. */
    @ParameterizedTest
    @CsvSource({
        "FIXED, 1, 512, 5242880",
        "FIXED, 32, 512, 70000128",
        "DYNAMIC, 1, 512, 5242880",
        "DYNAMIC, 1, 512, 73400320",
        "DYNAMIC, 2, 512, 70000128",
        "DYNAMIC, 8, 512, 70000128",
        "DYNAMIC, 32, 512, 73400320",
        "DYNAMIC, 64, 512, 200000512",
        "DYNAMIC, 256, 512, 300000256",
    })
    void qemuReadsWhatWasWrittenAndFindsNothingWrong(DiskType type, int blockMib, int sector, long sizeBytes)
            throws Exception {
        Path file = directory.resolve("a.vhdx");
        long size = sizeBytes / sector * sector;
        Path raw = directory.resolve("model.img");
        try (VirtualDisk disk = create(file, type, blockMib * MIB, new DiskImage.Sectors(sector, 4096), size);
                VirtualDisk model = new RawFormat().open(sized(raw, size), true)) {
            Random random = new Random(11);
            for (int i = 0; i < 60; i++) {
                change(random, sector, disk, model);
            }
            disk.flush();
            model.flush();
        }
        qemuAgrees(file, raw);
        assertClean(file);
    }

    private static void change(RandomGenerator random, int sector, VirtualDisk disk, VirtualDisk model)
            throws IOException {
        long sectors = model.info().sizeBytes() / sector;
        long from = random.nextLong(sectors);
        int count = (int) Math.min(sectors - from, random.nextInt(1, 300));
        if (random.nextInt(8) == 0) {
            long length = Math.min(sectors - from, random.nextLong(1, sectors)) * sector;
            disk.unmap(from * sector, length);
            model.unmap(from * sector, length);
            return;
        }
        byte[] content = new byte[count * sector];
        random.nextBytes(content);
        disk.write(from * sector, ByteBuffer.wrap(content));
        model.write(from * sector, ByteBuffer.wrap(content));
        if (random.nextInt(5) == 0) {
            disk.flush();
        }
    }

    @Test
    void qemuReplaysTheLogOfAFileThatWasNotClosed() {
        Trials.forSeed(300, 5, random -> {
            Path file = directory.resolve("a" + random.nextInt() + ".vhdx");
            Path copy = directory.resolve(file.getFileName() + ".copy.vhdx");
            byte[] model = new byte[(int) (40 * MIB)];
            try (VirtualDisk disk = create(file, DiskType.DYNAMIC, MIB, SMALL, model.length)) {
                for (int i = 0; i < 20; i++) {
                    int from = 512 * random.nextInt(model.length / 512);
                    byte[] content = new byte[Math.min(model.length - from, 512 * random.nextInt(1, 200))];
                    random.nextBytes(content);
                    disk.write(from, ByteBuffer.wrap(content));
                    System.arraycopy(content, 0, model, from, content.length);
                    disk.flush();
                }
                Files.copy(file, copy);
            }
            Path raw = Files.write(directory.resolve("model.img"), model);
            assertTrue(dirty(copy));
            Programs.run("qemu-img", "check", "-f", "vhdx", "-r", "all", copy.toString())
                    .orThrow();
            assertFalse(dirty(copy));
            qemuAgrees(copy, raw);
            assertClean(copy);
            Files.delete(file);
            Files.delete(copy);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "dynamic, 1M, 1M, 20M",
        "dynamic, 2M, 8M, 20M",
        "dynamic, 32M, 1M, 100M",
        "dynamic, 0, 1M, 100M",
        "dynamic, 256M, 1M, 300M",
        "fixed, 1M, 1M, 20M",
        "fixed, 32M, 2M, 70M",
        "fixed, 8M, 1M, 17M",
    })
    void diskOfQemuHoldsTheBytesAndTakesMore(String subformat, String blockSize, String logSize, String size)
            throws Exception {
        Path file = directory.resolve("q.vhdx");
        int sizeBytes = Integer.parseInt(size.replace("M", "")) << 20;
        byte[] content = new byte[sizeBytes];
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            byte[] piece = new byte[100_000];
            random.nextBytes(piece);
            System.arraycopy(piece, 0, content, random.nextInt(sizeBytes - piece.length), piece.length);
        }
        Path raw = Files.write(directory.resolve("model.img"), content);
        Programs.run(
                        "qemu-img",
                        "convert",
                        "-f",
                        "raw",
                        "-O",
                        "vhdx",
                        "-o",
                        "subformat=" + subformat + ",block_size=" + blockSize + ",log_size=" + logSize,
                        raw.toString(),
                        file.toString())
                .orThrow();
        try (BackingStore store = files.open(file, true)) {
            assertTrue(vhdx.probe(store));
            DiskImage image = vhdx.inspect(store);
            assertEquals(sizeBytes, image.sizeBytes());
            assertEquals(subformat.equals("fixed") ? DiskType.FIXED : DiskType.DYNAMIC, image.type());
        }
        try (VirtualDisk disk = vhdx.open(files.open(file, false))) {
            assertArrayEquals(content, bytes(disk));
            byte[] piece = new byte[512 * 1000];
            random.nextBytes(piece);
            int from = sizeBytes - piece.length;
            disk.write(from, ByteBuffer.wrap(piece));
            System.arraycopy(piece, 0, content, from, piece.length);
            disk.write(512 * 77, ByteBuffer.wrap(piece));
            System.arraycopy(piece, 0, content, 512 * 77, piece.length);
            disk.flush();
        }
        Files.write(raw, content);
        qemuAgrees(file, raw);
        assertClean(file);
    }

    /**
     * qemu is stopped between the write of its log and the write of the BAT: what it has logged is replayed, in memory
     * where the file must not be written, as qemu itself replays it.
     */
    @ParameterizedTest
    @CsvSource({"1M, 1M", "8M, 2M", "32M, 1M"})
    void logThatQemuLeftIsReplayed(String blockSize, String logSize) throws Exception {
        Programs.require("qemu-io", "qemu-utils");
        Path file = directory.resolve("q.vhdx");
        String options = "block_size=" + blockSize + ",log_size=" + logSize;
        Programs.run("qemu-img", "create", "-f", "vhdx", "-o", options, file.toString(), "64M")
                .orThrow();
        Programs.run("qemu-io", "-f", "vhdx", "-c", "write -P 1 1M 64k", "-c", "write -P 2 5M 64k", file.toString())
                .orThrow();
        long bat;
        try (BackingStore store = files.open(file, true)) {
            bat = VhdxFile.read(store).entryOffset(0);
        }
        String refusing = """
                json:{"driver":"vhdx","file":{"driver":"blkdebug","image":{"driver":"file","filename":"%s"},\
                "inject-error":[{"event":"none","iotype":"write","sector":%d,\
                "errno":5,"once":false}]}}""".formatted(file, bat / 512);
        String output =
                Programs.run("qemu-io", "-c", "write -P 3 40M 64k", refusing).output();
        assertTrue(output.contains("Input/output error"), output);
        assertTrue(dirty(file));
        Path raw = directory.resolve("model.img");
        Path copy = Files.copy(file, directory.resolve("copy.vhdx"));
        Programs.run("qemu-img", "check", "-f", "vhdx", "-r", "all", copy.toString())
                .orThrow();
        Programs.run("qemu-img", "convert", "-f", "vhdx", "-O", "raw", copy.toString(), raw.toString())
                .orThrow();
        byte[] model = Files.readAllBytes(raw);
        assertEquals(3, model[40 << 20], "qemu replays");
        byte[] before = Files.readAllBytes(file);
        try (VirtualDisk disk = vhdx.open(files.open(file, true))) {
            assertArrayEquals(model, bytes(disk));
        }
        assertArrayEquals(before, Files.readAllBytes(file));
        try (VirtualDisk disk = vhdx.open(files.open(file, false))) {
            assertArrayEquals(model, bytes(disk));
        }
        assertFalse(dirty(file));
        assertClean(file);
        qemuAgrees(file, raw);
    }

    @Test
    void qemuSeesTheNewSizeOfADiskThatHasGrown() throws Exception {
        Path file = directory.resolve("a.vhdx");
        long size = 100 * MIB;
        // Small blocks, so that the BAT has to move: 131072 entries fit into its first megabyte.
        try (VirtualDisk disk = create(file, DiskType.DYNAMIC, MIB, SMALL, size)) {
            disk.write(50 * MIB, ByteBuffer.wrap("hello".repeat(1024).getBytes(StandardCharsets.US_ASCII), 0, 4096));
            disk.grow(200_000 * MIB, Progress.NONE).use();
            disk.write(
                    199_999 * MIB, ByteBuffer.wrap("there".repeat(1024).getBytes(StandardCharsets.US_ASCII), 0, 4096));
            disk.flush();
        }
        assertClean(file);
        String info = Programs.run("qemu-img", "info", "-f", "vhdx", "--output=json", file.toString())
                .orThrow();
        assertTrue(info.contains("\"virtual-size\": " + 200_000 * MIB), info);
        String read = Programs.run(
                        "qemu-io",
                        "-r",
                        "-f",
                        "vhdx",
                        "-c",
                        "read -v 199999M 512",
                        "-c",
                        "read -v 50M 512",
                        file.toString())
                .orThrow();
        assertTrue(read.contains("therethere"), read);
        assertTrue(read.contains("hellohello"), read);
    }

    private void assertClean(Path file) throws Exception {
        assertEquals(
                0,
                Programs.run("qemu-img", "check", "-f", "vhdx", file.toString()).status());
        try (BackingStore store = files.open(file, true)) {
            DiskReport report = vhdx.check(store, false, Progress.NONE);
            assertTrue(report.clean(), report.toString());
            assertNotEquals(0, report.blocks());
        }
    }

    private void qemuAgrees(Path file, Path raw) throws Exception {
        Programs.run("qemu-img", "compare", "-f", "vhdx", "-F", "raw", file.toString(), raw.toString())
                .orThrow();
    }

    private boolean dirty(Path file) throws IOException {
        try (BackingStore store = files.open(file, true)) {
            return VhdxHeaders.read(store).current().hasLog();
        }
    }

    private BackingStore sized(Path raw, long sizeBytes) throws IOException {
        BackingStore store = files.create(raw);
        store.resize(sizeBytes);
        return store;
    }

    private static byte[] bytes(VirtualDisk disk) throws IOException {
        ByteBuffer back = ByteBuffer.allocate((int) disk.info().sizeBytes());
        disk.read(0, back);
        return back.array();
    }

    private VirtualDisk create(Path file, DiskType type, long blockBytes, DiskImage.Sectors sectors, long sizeBytes)
            throws IOException {
        return new DiskFiles(files)
                .create(
                        file,
                        vhdx,
                        new CreateOptions(
                                sizeBytes, UUID.randomUUID(), type, true, blockBytes, sectors, null, Progress.NONE));
    }
}
