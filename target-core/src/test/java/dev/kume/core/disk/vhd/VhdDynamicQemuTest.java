package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dynamic VHDs of Kume as qemu sees them, those of qemu as Kume sees them, and both in turns in one file. */
class VhdDynamicQemuTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    @TempDir
    Path directory;

    private final LocalFiles files = LocalFiles.ofThisHost();
    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    @BeforeEach
    void needQemu() {
        Programs.require("qemu-img", "qemu-utils");
        Programs.require("qemu-io", "qemu-utils");
    }

    @ParameterizedTest
    @ValueSource(longs = {512, MIB, MIB + 512, 2 * GIB, 127 * GIB + 512, 2040 * GIB})
    void qemuSeesExactlyTheSizeAsked(long sizeBytes) throws Exception {
        Path file = directory.resolve("a.vhd");
        create(file, sizeBytes, 0).close();
        String info = Programs.run("qemu-img", "info", "-f", "vpc", "--output=json", file.toString())
                .orThrow();
        assertTrue(info.contains("\"virtual-size\": " + sizeBytes + ","), info);
    }

    @Test
    void qemuReadsWhatKumeWrote() {
        Trials.forSeed(2500, 6, random -> {
            byte[] model = new byte[512 * random.nextInt(1, 30_000)];
            Path file = directory.resolve("a" + random.nextInt() + ".vhd");
            try (VirtualDisk disk = create(file, model.length, 512L << 10 << random.nextInt(4))) {
                VhdDynamicTest.changeLikeAModel(disk, model, random, 30);
            }
            assertEqualInQemu(model, file);
            try (VirtualDisk disk = vhd.open(files.open(file, false))) {
                VhdDynamicTest.changeLikeAModel(disk, model, random, 30);
                ((MappedDisk) disk).compact(Progress.NONE);
            }
            assertEqualInQemu(model, file);
        });
    }

    @ParameterizedTest
    @CsvSource({"1M,on", "64M,off", "2G,on", "30G,off", "127G,off", "128G,on", "2040G,on"})
    void diskOfQemuOpensWithTheSizeThatQemuReports(String size, String forceSize) throws Exception {
        Path file = directory.resolve("q.vhd");
        Programs.run(
                        "qemu-img",
                        "create",
                        "-f",
                        "vpc",
                        "-o",
                        "subformat=dynamic,force_size=" + forceSize,
                        file.toString(),
                        size)
                .orThrow();
        try (BackingStore store = files.open(file, true)) {
            DiskImage image = vhd.inspect(store);
            assertEquals(DiskType.DYNAMIC, image.type());
            assertEquals(2 * MIB, image.blockBytes());
            String info = Programs.run("qemu-img", "info", "-f", "vpc", "--output=json", file.toString())
                    .orThrow();
            assertTrue(info.contains("\"virtual-size\": " + image.sizeBytes() + ","), info);
            assertTrue(vhd.check(store, false, Progress.NONE).clean());
        }
    }

    /** Blocks of qemu lie one behind the other, those of Kume are aligned: each finds its way about in the other's. */
    @Test
    void bothWriteTheSameFileInTurns() {
        Trials.forSeed(2600, 4, random -> {
            int sizeBytes = (int) (24 * MIB);
            byte[] model = new byte[sizeBytes];
            Path file = directory.resolve("t" + random.nextInt() + ".vhd");
            Programs.run(
                            "qemu-img",
                            "create",
                            "-f",
                            "vpc",
                            "-o",
                            "subformat=dynamic,force_size=on",
                            file.toString(),
                            Integer.toString(sizeBytes))
                    .orThrow();
            for (int turn = 0; turn < 4; turn++) {
                writeWithQemu(file, model, random, 4);
                try (VirtualDisk disk = vhd.open(files.open(file, false))) {
                    assertArrayEquals(model, VhdDynamicTest.read(disk, 0, sizeBytes));
                    VhdDynamicTest.changeLikeAModel(disk, model, random, 8);
                    if (turn == 2) {
                        ((MappedDisk) disk).compact(Progress.NONE);
                    }
                }
                assertEqualInQemu(model, file);
                try (BackingStore store = files.open(file, true)) {
                    DiskReport report = vhd.check(store, false, Progress.NONE);
                    assertTrue(report.clean(), report.toString());
                }
            }
        });
    }

    @Test
    void convertedByQemuHoldsTheBytes() throws Exception {
        byte[] content = new byte[(int) (9 * MIB)];
        RandomGenerator random = RandomGenerator.getDefault();
        byte[] piece = new byte[(int) MIB];
        random.nextBytes(piece);
        System.arraycopy(piece, 0, content, (int) (3 * MIB + 512), piece.length);
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
                        "subformat=dynamic,force_size=on",
                        raw.toString(),
                        file.toString())
                .orThrow();
        try (MappedDisk disk = (MappedDisk) vhd.open(files.open(file, true))) {
            assertArrayEquals(content, VhdDynamicTest.read(disk, 0, content.length));
            assertEquals(2, disk.presentBlocks());
            assertTrue(disk.info().readOnly());
        }
    }

    @Test
    void grownDiskIsReadByQemu() throws Exception {
        Path file = directory.resolve("a.vhd");
        byte[] model = new byte[(int) (40 * MIB)];
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        try (MappedDisk disk = (MappedDisk) create(file, MIB, 512 << 10)) {
            byte[] first = Arrays.copyOf(model, (int) MIB);
            VhdDynamicTest.changeLikeAModel(disk, first, random, 5);
            System.arraycopy(first, 0, model, 0, first.length);
            disk.grow(model.length, Progress.NONE).use();
            VhdDynamicTest.changeLikeAModel(disk, model, random, 20);
        }
        assertEqualInQemu(model, file);
    }

    private void writeWithQemu(Path file, byte[] model, RandomGenerator random, int writes) throws Exception {
        List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "vpc"));
        for (int i = 0; i < writes; i++) {
            int from = 512 * random.nextInt(model.length / 512);
            int bytes = Math.min(model.length - from, 512 * random.nextInt(1, 5000));
            int pattern = random.nextInt(1, 256);
            command.add("-c");
            command.add("write -P %d %d %d".formatted(pattern, from, bytes));
            Arrays.fill(model, from, from + bytes, (byte) pattern);
        }
        command.add(file.toString());
        Programs.run(command.toArray(String[]::new)).orThrow();
    }

    private void assertEqualInQemu(byte[] model, Path file) throws Exception {
        Path raw = Files.write(directory.resolve("model.img"), model);
        Programs.run("qemu-img", "compare", "-f", "vpc", "-F", "raw", file.toString(), raw.toString())
                .orThrow();
    }

    private VirtualDisk create(Path file, long sizeBytes, long blockBytes) throws IOException {
        return new DiskFiles(files)
                .create(
                        file,
                        vhd,
                        new CreateOptions(
                                sizeBytes,
                                UUID.randomUUID(),
                                DiskType.DYNAMIC,
                                true,
                                blockBytes,
                                DiskImage.Sectors.UNSAID,
                                null,
                                Progress.NONE));
    }
}
