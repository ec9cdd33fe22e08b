package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kume.core.Trials;
import dev.kume.core.testing.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only the calls of Linux can do. */
@EnabledOnOs(OS.LINUX)
class LinuxFileTest {
    private static final int PAGE_BYTES = 4096;
    private static final Set<String> NOWAIT_FILE_SYSTEMS = Set.of("ext4", "xfs", "btrfs");
    private static final int ATTEMPTS = 30;
    private static final double BYTES_PER_READ_MAX = 0.1;

    @TempDir
    Path directory;

    private Path memoryDirectory;
    private final LocalFiles files = LocalFiles.ofThisHost();

    @BeforeEach
    void makeMemoryDirectory() throws IOException {
        Path shm = Path.of("/dev/shm");
        memoryDirectory = Files.isWritable(shm) ? Files.createTempDirectory(shm, "kume-test") : directory;
    }

    @AfterEach
    void removeMemoryDirectory() throws IOException {
        try (var entries = Files.list(memoryDirectory)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
        Files.deleteIfExists(memoryDirectory);
    }

    @Test
    void tryReadOfMemoryFileSystemReadsAtOnce() throws IOException {
        assumeFileSystem(memoryDirectory, Set.of("tmpfs"));
        try (BackingStore store = files.create(memoryDirectory.resolve("a"))) {
            store.write(0, ByteBuffer.wrap(random(1, 100_000)));
            ByteBuffer direct = ByteBuffer.allocateDirect(100_000);
            assertEquals(100_000, store.tryRead(0, direct));
            assertArrayEquals(random(1, 100_000), bytes(direct.flip()));
            assertEquals(10, store.tryRead(99_990, direct.clear()), "short at the end of the file");
            assertEquals(10, direct.position());
            assertEquals(0, store.tryRead(100_000, direct));
        }
    }

    /** The miss itself starts the kernel's read-ahead, so how soon a cold file is warm is up to the device. */
    @Test
    void tryReadOfColdFileReadsNothingOrWholePages() throws Exception {
        assumeFileSystem(directory, NOWAIT_FILE_SYSTEMS);
        byte[] content = random(2, 8 << 20);
        try (BackingStore store = files.create(directory.resolve("a"))) {
            store.write(0, ByteBuffer.wrap(content));
            store.flush();
            boolean nothing = false;
            boolean some = false;
            for (int attempt = 0; attempt < ATTEMPTS && !(nothing && some); attempt++) {
                // dd with nocache and nothing to copy drops the file from the page cache.
                Programs.run("dd", "if=" + store.location(), "iflag=nocache", "count=0")
                        .orThrow();
                ByteBuffer direct = ByteBuffer.allocateDirect(content.length);
                nothing |= store.tryRead(0, direct.limit(PAGE_BYTES)) == 0;
                store.read(0, direct.clear().limit(PAGE_BYTES));
                int warm = store.tryRead(0, direct.clear());
                assertEquals(warm, direct.position());
                assertTrue(warm >= PAGE_BYTES && warm % PAGE_BYTES == 0, "short at a page boundary: " + warm);
                some |= warm < content.length;
                store.read(warm, direct);
                assertArrayEquals(content, bytes(direct.flip()));
            }
            assertTrue(nothing, "a cold file was never missed");
            assumeTrue(some, "this device is too fast to be caught half way");
        }
    }

    @Test
    void tryReadOfWarmFileReadsEverything() throws IOException {
        assumeFileSystem(directory, NOWAIT_FILE_SYSTEMS);
        try (BackingStore store = files.create(directory.resolve("a"))) {
            store.write(0, ByteBuffer.wrap(random(5, 8 << 20)));
            ByteBuffer direct = ByteBuffer.allocateDirect(8 << 20);
            assertEquals(8 << 20, store.tryRead(0, direct));
            assertArrayEquals(random(5, 8 << 20), bytes(direct.flip()));
        }
    }

    @Test
    void extentsAreTheHolesOfTheFile() throws IOException {
        assumeFileSystem(directory, NOWAIT_FILE_SYSTEMS);
        try (BackingStore store = files.create(directory.resolve("a"))) {
            store.resize(8 << 20);
            assertEquals(new Extent(false, 8 << 20), store.extentAt(0, 8 << 20));
            store.write(1 << 20, ByteBuffer.wrap(random(4, 1 << 20)));
            assertEquals(new Extent(false, 1 << 20), store.extentAt(0, 8 << 20));
            assertEquals(new Extent(false, 1), store.extentAt((1 << 20) - 1, 4096));
            assertEquals(new Extent(true, 1 << 20), store.extentAt(1 << 20, 7 << 20));
            assertEquals(new Extent(true, 512), store.extentAt((1 << 20) + 512, 512));
            assertEquals(new Extent(false, 6 << 20), store.extentAt(2 << 20, 6 << 20));
            int unit = store.blockBytes();
            assertEquals(1, Integer.bitCount(unit));
            store.punch((1 << 20) + unit, unit);
            assertEquals(new Extent(true, unit), store.extentAt(1 << 20, 1 << 20));
            assertEquals(new Extent(false, unit), store.extentAt((1 << 20) + unit, 1 << 20));
        }
    }

    @Test
    void tryReadFillsHeapBuffersByPieces() throws IOException {
        for (Path where : Set.of(directory, memoryDirectory)) {
            try (BackingStore store = files.create(where.resolve("heap"))) {
                store.write(0, ByteBuffer.wrap(random(3, 300_000)));
                assumeTrue(store.tryRead(0, ByteBuffer.allocateDirect(1)) == 1, "no read without waiting here");
                ByteBuffer heap = ByteBuffer.allocate(300_000);
                while (heap.hasRemaining()) {
                    int position = heap.position();
                    int count = store.tryRead(position, heap);
                    assertTrue(count > 0);
                    assertEquals(position + count, heap.position());
                }
                assertArrayEquals(random(3, 300_000), heap.array());
            }
        }
    }

    @Test
    void tryReadAllocatesNothing() throws Exception {
        for (Path where : Set.of(directory, memoryDirectory)) {
            Path file = where.resolve("allocation");
            try (BackingStore store = files.create(file)) {
                store.write(0, ByteBuffer.allocate(1 << 20));
            }
            String said = Programs.run(java(ReadAllocation.class, file.toString(), Double.toString(BYTES_PER_READ_MAX)))
                    .orThrow();
            assumeTrue(!said.equals("waits"), "no read without waiting here");
            double leastBytes = Double.parseDouble(said);
            assertTrue(leastBytes <= BYTES_PER_READ_MAX, where + ": " + leastBytes + " bytes for each read");
        }
    }

    /** The command of a process of its own. */
    private static String[] java(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    @Test
    void reserveTakesSpaceAndPunchGivesItBack() throws IOException {
        assumeFileSystem(directory, NOWAIT_FILE_SYSTEMS);
        try (BackingStore store = files.create(directory.resolve("a"))) {
            store.resize(64 << 20);
            assertEquals(0, store.allocatedBytes());
            assertTrue(store.reserve(0, 64 << 20));
            assertEquals(64 << 20, store.sizeBytes());
            assertTrue(store.allocatedBytes() >= 64 << 20);
            store.zero(0, 32 << 20);
            assertTrue(store.allocatedBytes() >= 64 << 20, "zeroed space stays reserved");
            store.punch(0, 32 << 20);
            assertTrue(store.allocatedBytes() < 33 << 20);
            assertEquals(64 << 20, Files.size(directory.resolve("a")));
        }
    }

    /** tmpfs punches holes but has no FALLOC_FL_ZERO_RANGE: there zeroes are written. */
    @Test
    void memoryFileSystemZeroesByWritingAndPunchesHoles() throws IOException {
        assumeFileSystem(memoryDirectory, Set.of("tmpfs"));
        try (BackingStore store = files.create(memoryDirectory.resolve("a"))) {
            byte[] model = random(6, 2 << 20);
            store.write(0, ByteBuffer.wrap(model));
            store.zero(1000, 1_000_000);
            Arrays.fill(model, 1000, 1_001_000, (byte) 0);
            assertArrayEquals(model, readAll(store));
            assertTrue(store.allocatedBytes() >= 2 << 20, "zeroed space stays taken");
            store.punch(0, 1 << 20);
            Arrays.fill(model, 0, 1 << 20, (byte) 0);
            assertArrayEquals(model, readAll(store));
            assertTrue(store.allocatedBytes() <= 1 << 20, "punched space is given back");
        }
    }

    private static byte[] readAll(BackingStore store) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) store.sizeBytes());
        store.read(0, all);
        return all.array();
    }

    @Test
    void lockedBySecondProcessUntilItDies() throws Exception {
        Path file = Files.write(directory.resolve("a"), new byte[512]);
        Process holder = holder(file, false);
        try {
            StoreLockedException e = assertThrows(StoreLockedException.class, () -> files.open(file, false));
            assertTrue(e.getMessage().startsWith(file + " is in use"), e.getMessage());
            assertThrows(StoreLockedException.class, () -> files.open(file, true));
            assertThrows(StoreLockedException.class, () -> files.remove(file));
        } finally {
            holder.destroyForcibly().waitFor();
        }
        files.open(file, false).close();
    }

    @Test
    void readersOfTwoProcessesShareAndKeepWritersOut() throws Exception {
        Path file = Files.write(directory.resolve("a"), new byte[512]);
        Process holder = holder(file, true);
        try {
            files.open(file, true).close();
            assertThrows(StoreLockedException.class, () -> files.open(file, false));
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void aChildProcessDoesNotInheritTheDescriptor() throws Exception {
        Path file = directory.resolve("a");
        BackingStore store = files.create(file);
        Process child = new ProcessBuilder("sleep", "30").start();
        try {
            store.close();
            files.open(file, false).close();
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void qemuIsKeptOutWhileTheFileIsOpen() throws Exception {
        Programs.require("qemu-io", "qemu-utils");
        Path file = directory.resolve("a");
        try (BackingStore store = files.create(file)) {
            store.resize(1 << 20);
            Programs.Result refused = Programs.run("qemu-io", "-f", "raw", "-c", "read 0 512", file.toString());
            assertTrue(refused.status() != 0 && refused.output().contains("lock"), refused.output());
        }
        Programs.run("qemu-io", "-f", "raw", "-c", "read 0 512", file.toString())
                .orThrow();
    }

    @Test
    void aReaderLeavesQemuItsReaders() throws Exception {
        Programs.require("qemu-io", "qemu-utils");
        Path file = Files.write(directory.resolve("a"), new byte[512]);
        try (BackingStore store = files.open(file, true)) {
            assertTrue(store.readOnly());
            Programs.run("qemu-io", "-r", "-f", "raw", "-c", "read 0 512", file.toString())
                    .orThrow();
        }
    }

    @Test
    void namedPipeIsRefusedWithoutWaiting() throws Exception {
        Path pipe = directory.resolve("pipe");
        Programs.run("mkfifo", pipe.toString()).orThrow();
        IOException e = assertThrows(IOException.class, () -> files.open(pipe, false));
        assertEquals(pipe + ": it is not a regular file", e.getMessage());
    }

    @Test
    void fullDeviceIsNamedAndTheRestStaysGood() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Programs.Result mounted = Programs.run("mount", "-t", "tmpfs", "-o", "size=1m", "kume-test", small.toString());
        assumeTrue(mounted.status() == 0, "cannot mount a small tmpfs here: " + mounted.output());
        try {
            Path file = small.resolve("a");
            try (BackingStore store = files.create(file)) {
                store.write(0, ByteBuffer.wrap(random(4, 512 << 10)));
                String full = "No space left on device: " + file;
                assertEquals(
                        full,
                        assertThrows(NoSpaceException.class, () -> store.write(512 << 10, ByteBuffer.allocate(1 << 20)))
                                .getMessage());
                store.resize(8 << 20);
                assertEquals(
                        full,
                        assertThrows(NoSpaceException.class, () -> store.reserve(0, 8 << 20))
                                .getMessage());
                store.flush();
                ByteBuffer back = ByteBuffer.allocate(512 << 10);
                store.read(0, back);
                assertArrayEquals(random(4, 512 << 10), back.array());
            }
        } finally {
            Programs.run("umount", small.toString()).orThrow();
        }
    }

    @Test
    void manyThreadsReadWhatManyThreadsWrote() {
        Trials.forSeed(11, 3, random -> {
            Path file = directory.resolve("shared" + random.nextInt());
            try (BackingStore store = files.create(file)) {
                store.resize(1 << 22);
                Thread[] workers = new Thread[4];
                Throwable[] failures = new Throwable[workers.length];
                for (int i = 0; i < workers.length; i++) {
                    int worker = i;
                    workers[i] = new Thread(() -> {
                        try {
                            writeAndReadOwnPart(store, worker);
                        } catch (Throwable t) {
                            failures[worker] = t;
                        }
                    });
                    workers[i].start();
                }
                for (int i = 0; i < workers.length; i++) {
                    workers[i].join();
                    assertEquals(null, failures[i]);
                }
            }
        });
    }

    private static void writeAndReadOwnPart(BackingStore store, int worker) throws IOException {
        long start = (long) worker << 20;
        for (int round = 0; round < 50; round++) {
            byte[] content = random(worker * 1000L + round, 30_000);
            store.write(start + round * 100L, ByteBuffer.wrap(content));
            ByteBuffer target = ByteBuffer.allocateDirect(content.length);
            store.tryRead(start + round * 100L, target);
            store.read(start + round * 100L + target.position(), target);
            assertArrayEquals(content, bytes(target.flip()));
            if (round % 10 == 0) {
                store.flush();
            }
        }
    }

    private Process holder(Path file, boolean readOnly) throws IOException {
        Process process = new ProcessBuilder(java(LockHolder.class, file.toString(), Boolean.toString(readOnly)))
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("locked 512", output.readLine());
        return process;
    }

    private static void assumeFileSystem(Path where, Set<String> types) throws IOException {
        String type = Files.getFileStore(where).type();
        assumeTrue(types.contains(type), where + " is on " + type + ", the test needs one of " + types);
    }

    private static byte[] random(long seed, int bytes) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] content = new byte[buffer.remaining()];
        buffer.duplicate().get(content);
        return content;
    }
}
