package dev.kume.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that never outgrows its bound. */
final class RotatingFileTest {
    @TempDir
    Path directory;

    @Test
    void aFullFileGetsANumberAndTheOldestGoes() throws IOException {
        try (RotatingFile file = new RotatingFile(directory.resolve("kume.log"), 20, 2)) {
            for (int i = 0; i < 10; i++) {
                file.append("line %d\n".formatted(i)); // Two of them have room.
            }
            assertEquals(List.of("line 8", "line 9"), Files.readAllLines(file.numbered(0)));
            assertEquals(List.of("line 6", "line 7"), Files.readAllLines(file.numbered(1)));
            assertEquals(List.of("line 4", "line 5"), Files.readAllLines(file.numbered(2)));
            assertFalse(Files.exists(file.numbered(3)));
        }
    }

    @Test
    void aLineThatIsLongerThanAFileIsWrittenAllTheSame() throws IOException {
        try (RotatingFile file = new RotatingFile(directory.resolve("kume.log"), 10, 1)) {
            file.append("a line that is longer\n");
            file.append("short\n");
            assertEquals(List.of("short"), Files.readAllLines(file.numbered(0)));
            assertEquals(List.of("a line that is longer"), Files.readAllLines(file.numbered(1)));
        }
    }

    @Test
    void itGoesOnWhereALastRunEnded() throws IOException {
        Path path = directory.resolve("kume.log");
        Files.writeString(path, "before\n");
        try (RotatingFile file = new RotatingFile(path, 1_000, 1)) {
            file.append("after\n");
        }
        assertEquals(List.of("before", "after"), Files.readAllLines(path));
    }

    @Test
    void aFileThatSomebodyMovesAwayIsMadeAgain() throws IOException {
        Path path = directory.resolve("kume.log");
        try (RotatingFile file = new RotatingFile(path, 1_000, 1)) {
            file.append("one\n");
            Files.move(path, directory.resolve("elsewhere"));
            file.append("two\n");
            assertEquals(List.of("two"), Files.readAllLines(path));
            assertEquals(List.of("one"), Files.readAllLines(directory.resolve("elsewhere")));
        }
    }

    @Test
    void anInterruptedThreadWritesAllTheSame() throws IOException {
        Path path = directory.resolve("kume.log");
        try (RotatingFile file = new RotatingFile(path, 1_000, 1)) {
            Thread.currentThread().interrupt();
            file.append("one\n");
            file.force();
            assertTrue(Thread.interrupted());
            assertEquals(List.of("one"), Files.readAllLines(path));
        }
    }

    @Test
    void onlyOwnerAndGroupMayReadIt() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "Windows has ACLs");
        try (RotatingFile file = new RotatingFile(directory.resolve("kume.log"), 10, 1)) {
            file.append("line one\n");
            file.append("line two\n");
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.numbered(0))));
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.numbered(1))));
        }
        assertTrue(Files.exists(directory.resolve("kume.log")));
    }
}
