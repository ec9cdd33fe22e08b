package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.disk.vhdx.VhdxFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fixed disks on a host that cannot reserve space, as Windows is to Java: they are filled from their beginning to their
 * end when they are made, for the first write far behind what was written fills all before it there, at once.
 */
final class PrefilledDiskTest {
    private static final long SIZE = 64L << 20;
    private static final long STEP = 8L << 20;
    private static final UUID ID = new UUID(1, 2);

    @TempDir
    Path directory;

    static List<DiskFormat> formats() {
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public Instant now() {
                return Instant.EPOCH;
            }
        };
        return List.of(new RawFormat(), new VhdFormat(clock), new VhdxFormat(new SplittableRandom(7)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void allOfItIsWrittenInStepsThatAreTold(DiskFormat format) throws IOException {
        Path file = directory.resolve("disk");
        List<Long> told = new ArrayList<>();
        new DiskFiles(LocalFiles.portable())
                .make(file, format, new CreateOptions(SIZE, ID, false, (done, total) -> told.add(done)));
        long bytes = Files.size(file);
        assertTrue(bytes >= SIZE, () -> "bytes " + bytes);
        assertEquals(told.stream().sorted().toList(), told, "it goes on from the beginning to the end");
        for (int i = 1; i < told.size(); i++) {
            long step = told.get(i) - told.get(i - 1);
            assertTrue(step <= STEP, () -> "a step of " + step);
        }
        assertEquals(bytes, told.getLast());
        assertTrue(allocated(file) >= bytes, () -> "allocated " + allocated(file));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aCancelEndsItAtTheNextStepAndLeavesNothing(DiskFormat format) throws IOException {
        Path file = directory.resolve("disk");
        List<Long> told = new ArrayList<>();
        CreateOptions options = new CreateOptions(SIZE, ID, false, (done, total) -> {
            told.add(done);
            if (done >= 3 * STEP) {
                throw new InterruptedIOException("cancelled");
            }
        });
        assertThrows(
                InterruptedIOException.class, () -> new DiskFiles(LocalFiles.portable()).make(file, format, options));
        assertEquals(3 * STEP, told.getLast());
        assertFalse(Files.exists(file));
        try (var left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void aSparseDiskIsNotFilled() throws IOException {
        Path file = directory.resolve("disk");
        List<Long> told = new ArrayList<>();
        new DiskFiles(LocalFiles.portable())
                .make(file, new RawFormat(), new CreateOptions(SIZE, ID, true, (done, total) -> told.add(done)));
        assertEquals(List.of(0L, SIZE), told);
        assertEquals(SIZE, Files.size(file));
    }

    /** Asked of a store that knows; where none does, as on Windows itself, the length is all there is to see. */
    private static long allocated(Path file) {
        try (BackingStore store = LocalFiles.ofThisHost().open(file, true)) {
            return store.allocatedBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
