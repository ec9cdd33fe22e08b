package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.NoSpaceException;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A creation makes a whole disk file, durably, or none. */
class DiskFilesTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    private final StoreProvider local = LocalFiles.ofThisHost();
    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    @Test
    void createdDiskIsLockedAndOpensAgain() throws IOException {
        Path file = directory.resolve("a.vhd");
        try (VirtualDisk disk = new DiskFiles(local).create(file, vhd, options(8 * MIB, false, Progress.NONE))) {
            assertEquals(8 * MIB, disk.info().sizeBytes());
            assertFalse(disk.info().thin());
            assertThrows(StoreLockedException.class, () -> local.open(file, false));
        }
        try (BackingStore store = local.open(file, false)) {
            assertEquals(8 * MIB, vhd.inspect(store).sizeBytes());
        }
    }

    @Test
    void theDirectoryIsMadeDurableAfterTheFile() throws IOException {
        List<String> order = new ArrayList<>();
        StoreProvider recording = new Forwarding() {
            @Override
            public BackingStore create(Path path) throws IOException {
                order.add("create");
                return new FaultyStore(local.create(path)).hook((call, offsetBytes, lengthBytes) -> {
                    if (call == FaultyStore.Call.FLUSH) {
                        order.add("flush");
                    }
                });
            }

            @Override
            public void syncDirectory(Path path) throws IOException {
                assertEquals(directory, path);
                order.add("directory");
                local.syncDirectory(path);
            }
        };
        new DiskFiles(recording)
                .create(directory.resolve("a"), vhd, options(MIB, true, Progress.NONE))
                .close();
        assertEquals(List.of("create", "flush", "directory"), order);
    }

    @Test
    void cancelledCreationLeavesNoFile() {
        Progress cancel = (doneBytes, totalBytes) -> {
            if (doneBytes > 0) {
                throw new InterruptedIOException("cancelled");
            }
        };
        assertThrows(
                InterruptedIOException.class,
                () -> new DiskFiles(local).create(directory.resolve("a"), vhd, options(8 * MIB, false, cancel)));
        assertNothingThere();
    }

    @Test
    void aBugLeavesNoFile() {
        Progress bug = (doneBytes, totalBytes) -> {
            throw new IllegalStateException("bug");
        };
        assertThrows(
                IllegalStateException.class,
                () -> new DiskFiles(local).create(directory.resolve("a"), vhd, options(8 * MIB, true, bug)));
        assertNothingThere();
    }

    @Test
    void aFaultInAnyCallLeavesNoFile() {
        for (FaultyStore.Call call : List.of(
                FaultyStore.Call.RESIZE, FaultyStore.Call.RESERVE, FaultyStore.Call.WRITE, FaultyStore.Call.FLUSH)) {
            StoreProvider faulty = new Forwarding() {
                @Override
                public BackingStore create(Path path) throws IOException {
                    return new FaultyStore(local.create(path)).hook(FaultyStore.Hook.failing(call, call + " failed"));
                }
            };
            IOException e = assertThrows(
                    IOException.class,
                    () -> new DiskFiles(faulty)
                            .create(directory.resolve("a"), vhd, options(MIB, false, Progress.NONE)));
            assertEquals(call + " failed", e.getMessage());
            assertNothingThere();
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeDurableLeavesNoFile() {
        StoreProvider faulty = new Forwarding() {
            @Override
            public void syncDirectory(Path path) throws IOException {
                throw new IOException("no sync");
            }
        };
        assertThrows(
                IOException.class,
                () -> new DiskFiles(faulty).create(directory.resolve("a"), vhd, options(MIB, true, Progress.NONE)));
        assertNothingThere();
    }

    @Test
    void whatExistsIsNotTouched() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "precious");
        FileAlreadyExistsException e = assertThrows(
                FileAlreadyExistsException.class,
                () -> new DiskFiles(local).create(file, vhd, options(MIB, false, Progress.NONE)));
        assertEquals(file + ": it exists already and is never overwritten", e.getMessage());
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void sizeThatDoesNotFitMakesNothing() {
        assertThrows(
                DiskFormatException.class,
                () -> new DiskFiles(local)
                        .create(directory.resolve("a"), vhd, options(3000L << 30, true, Progress.NONE)));
        assertNothingThere();
    }

    @Test
    void missingDirectoryIsNamed() {
        Path file = directory.resolve("none/a");
        NoSuchFileException e = assertThrows(
                NoSuchFileException.class,
                () -> new DiskFiles(local).create(file, vhd, options(MIB, true, Progress.NONE)));
        assertEquals(file + ": there is no directory " + file.getParent(), e.getMessage());
    }

    @Test
    void fullDeviceLeavesNoFile() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Programs.Result mounted = Programs.run("mount", "-t", "tmpfs", "-o", "size=1m", "kume-test", small.toString());
        assumeTrue(mounted.status() == 0, "cannot mount a small tmpfs here: " + mounted.output());
        try {
            Path file = small.resolve("a.vhd");
            NoSpaceException e = assertThrows(
                    NoSpaceException.class,
                    () -> new DiskFiles(local).create(file, vhd, options(8 * MIB, false, Progress.NONE)));
            assertEquals("No space left on device: " + file, e.getMessage());
            try (var entries = Files.list(small)) {
                assertEquals(List.of(), entries.toList());
            }
        } finally {
            Programs.run("umount", small.toString()).orThrow();
        }
    }

    private void assertNothingThere() {
        try (var entries = Files.list(directory)) {
            assertEquals(List.of(), entries.toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static CreateOptions options(long sizeBytes, boolean sparse, Progress progress) {
        return new CreateOptions(sizeBytes, new UUID(1, 2), sparse, progress);
    }

    private class Forwarding implements StoreProvider {
        @Override
        public BackingStore open(Path path, boolean readOnly) throws IOException {
            return local.open(path, readOnly);
        }

        @Override
        public BackingStore create(Path path) throws IOException {
            return local.create(path);
        }

        @Override
        public void remove(Path path) throws IOException {
            local.remove(path);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            local.rename(from, to);
        }

        @Override
        public void syncDirectory(Path path) throws IOException {
            local.syncDirectory(path);
        }
    }
}
