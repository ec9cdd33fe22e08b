package dev.kume.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kume.core.Trials;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every way to local files promises, the host's own and the portable one. */
class LocalFilesTest {
    @TempDir
    Path directory;

    static List<LocalFiles> ways() {
        return List.of(LocalFiles.ofThisHost(), LocalFiles.portable());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatWasWrittenIsReadBackDirectAndHeap(LocalFiles files) throws IOException {
        try (BackingStore store = files.create(directory.resolve("a"))) {
            Trials.forSeed(1, 60, random -> {
                int bytes = random.nextInt(1, 200_000);
                long offsetBytes = random.nextLong(0, 1L << 26);
                byte[] content = new byte[bytes];
                random.nextBytes(content);
                store.write(offsetBytes, buffer(random.nextBoolean(), content));
                ByteBuffer target = buffer(random.nextBoolean(), new byte[bytes + 7])
                        .limit(bytes + 3)
                        .position(3);
                store.read(offsetBytes, target);
                assertEquals(0, target.remaining());
                byte[] back = new byte[bytes];
                target.get(3, back);
                assertArrayEquals(content, back);
                assertTrue(store.sizeBytes() >= offsetBytes + bytes);
            });
            assertEquals(store.sizeBytes(), Files.size(directory.resolve("a")));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void readBeyondTheEndNamesFileAndByte(LocalFiles files) throws IOException {
        try (BackingStore store = files.create(directory.resolve("a"))) {
            store.resize(1000);
            EOFException e = assertThrows(EOFException.class, () -> store.read(990, ByteBuffer.allocateDirect(20)));
            assertEquals(directory.resolve("a") + " ends at byte 1000; 10 more bytes were wanted", e.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void createNeverTouchesWhatExists(LocalFiles files) throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "precious");
        assertThrows(FileAlreadyExistsException.class, () -> files.create(file));
        assertThrows(IOException.class, () -> files.create(directory));
        assertEquals("precious", Files.readString(file));
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisabledOnOs(OS.WINDOWS)
    void createNeverFollowsALink(LocalFiles files) throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "precious");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThrows(FileAlreadyExistsException.class, () -> files.create(link));
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
        assertThrows(FileAlreadyExistsException.class, () -> files.create(dangling));
        assertEquals("precious", Files.readString(file));
        assertFalse(Files.exists(directory.resolve("nowhere")));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void missingThingsAreNamed(LocalFiles files) {
        Path file = directory.resolve("none");
        NoSuchFileException noFile = assertThrows(NoSuchFileException.class, () -> files.open(file, false));
        assertEquals(file + ": there is no such file", noFile.getMessage());
        Path deep = directory.resolve("no/disk");
        NoSuchFileException noDirectory = assertThrows(NoSuchFileException.class, () -> files.create(deep));
        assertEquals(deep + ": there is no directory " + deep.getParent(), noDirectory.getMessage());
        assertTrue(assertThrows(FileSystemException.class, () -> files.open(directory, true))
                .getMessage()
                .endsWith("directory"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aWriterExcludesEverybodyAndReadersExcludeWriters(LocalFiles files) throws IOException {
        Path file = directory.resolve("a");
        try (BackingStore writer = files.create(file)) {
            assertFalse(writer.readOnly());
            assertThrows(StoreLockedException.class, () -> files.open(file, false));
            assertThrows(StoreLockedException.class, () -> files.open(file, true));
            assertThrows(StoreLockedException.class, () -> files.remove(file));
            // A refused open must not have cost the first one its lock.
            assertThrows(StoreLockedException.class, () -> files.open(file, false));
        }
        try (BackingStore reader = files.open(file, true)) {
            assertTrue(reader.readOnly());
            assertThrows(StoreLockedException.class, () -> files.open(file, false));
            assertThrows(IOException.class, () -> reader.write(0, ByteBuffer.allocate(1)));
        }
        files.open(file, false).close();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void renameRefusesToReplace(LocalFiles files) throws IOException {
        Path from = Files.writeString(directory.resolve("from"), "1");
        Path to = Files.writeString(directory.resolve("to"), "2");
        assertThrows(FileAlreadyExistsException.class, () -> files.rename(from, to));
        assertEquals("2", Files.readString(to));
        files.rename(from, directory.resolve("new"));
        assertEquals("1", Files.readString(directory.resolve("new")));
        assertFalse(Files.exists(from));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void removeRemoves(LocalFiles files) throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "1");
        files.remove(file);
        assertFalse(Files.exists(file));
        assertThrows(NoSuchFileException.class, () -> files.remove(file));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void punchAndZeroReadAsZeroesAndTouchNothingElse(LocalFiles files) throws IOException {
        try (BackingStore store = files.create(directory.resolve("a"))) {
            byte[] model = new byte[1 << 20];
            Trials.forSeed(7, 40, random -> {
                random.nextBytes(model);
                store.write(0, ByteBuffer.wrap(model));
                int from = random.nextInt(model.length);
                int bytes = random.nextInt(model.length - from + 1);
                if (random.nextBoolean()) {
                    store.punch(from, bytes);
                } else {
                    store.zero(from, bytes);
                }
                Arrays.fill(model, from, from + bytes, (byte) 0);
                byte[] back = new byte[model.length];
                store.read(0, ByteBuffer.wrap(back));
                assertArrayEquals(model, back);
                assertEquals(model.length, store.sizeBytes());
            });
            store.punch(0, 1 << 21);
            store.zero(1 << 19, 1 << 21);
            assertEquals(model.length, Files.size(directory.resolve("a")));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void afterCloseNothingWorksAndTryReadIsSilent(LocalFiles files) throws IOException {
        BackingStore store = files.create(directory.resolve("a"));
        store.write(0, ByteBuffer.allocate(512));
        store.close();
        store.close();
        assertEquals(0, store.tryRead(0, ByteBuffer.allocateDirect(512)));
        for (ThrowingCall call : List.<ThrowingCall>of(
                () -> store.read(0, ByteBuffer.allocate(1)),
                () -> store.write(0, ByteBuffer.allocate(1)),
                store::flush,
                () -> store.resize(1),
                () -> store.reserve(0, 1),
                () -> store.punch(0, 1),
                () -> store.zero(0, 1),
                store::allocatedBytes)) {
            IOException e = assertThrows(ClosedChannelException.class, call::run);
            assertEquals(directory.resolve("a") + " is closed", e.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void closeUnderLoadNeverReachesAnotherFile(LocalFiles files) throws Exception {
        for (int round = 0; round < 20; round++) {
            BackingStore victim = files.create(directory.resolve("victim" + round));
            victim.resize(1 << 16);
            CountDownLatch busy = new CountDownLatch(3);
            AtomicInteger ended = new AtomicInteger();
            List<Thread> writers = Stream.generate(() -> new Thread(() -> {
                        ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
                        busy.countDown();
                        try {
                            while (true) {
                                victim.write(0, bytes.clear().put(0, (byte) 1));
                            }
                        } catch (IOException e) {
                            ended.incrementAndGet();
                        }
                    }))
                    .limit(3)
                    .toList();
            writers.forEach(Thread::start);
            busy.await();
            victim.close();
            // Takes the descriptor number that close has just given back.
            try (BackingStore next = files.create(directory.resolve("next" + round))) {
                for (Thread writer : writers) {
                    writer.join();
                }
                assertEquals(3, ended.get());
                assertEquals(0, Files.size(directory.resolve("next" + round)));
                assertEquals(0, next.sizeBytes());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisabledOnOs(OS.WINDOWS)
    void aFileWithoutPermissionIsRefusedByName(LocalFiles files) throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may open everything");
        Path file = Files.writeString(directory.resolve("a"), "1");
        Files.setPosixFilePermissions(file, Set.of());
        assertThrows(AccessDeniedException.class, () -> files.open(file, false));
    }

    @FunctionalInterface
    interface ThrowingCall {
        void run() throws IOException;
    }

    private static ByteBuffer buffer(boolean direct, byte[] content) {
        return direct ? ByteBuffer.allocateDirect(content.length).put(content).flip() : ByteBuffer.wrap(content);
    }
}
