package dev.kume.cli.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events as lines in files: what is durable comes back, whatever has happened to the files, and they stay small. */
final class JournalFilesTest {
    private static final long BYTES = 90_000;
    private static final Instant THEN = Instant.parse("2026-11-27T12:00:00.123456Z");
    private static final UUID DISK = new UUID(1, 2);
    private static final ITNexus NODE1 =
            new ITNexus("iqn.1991-05.com.microsoft:hv-node1", 0x400001370000L, "iqn.t:1", 1);
    private static final ITNexus NODE2 = new ITNexus("iqn.1991-05.com.microsoft:\"\u00fc\"", -1, "iqn.t:2", 65_535);

    @TempDir
    Path folder;

    private Path directory = Path.of("");

    @BeforeEach
    void inAFolderThatIsNotThereYet() {
        directory = folder.resolve("timeline");
    }

    @Test
    void everyKindOfEventComesBackAsItWas() throws IOException {
        List<JournalEvent> events = List.of(
                new JournalEvent.Started(THEN, "0.1.0"),
                new JournalEvent.SessionBegan(THEN, 7, NODE1, "10.0.0.1:4711", "[::1]:3260"),
                new JournalEvent.ReservationChanged(
                        THEN,
                        DISK,
                        NODE2,
                        Cause.PREEMPT_AND_ABORT,
                        -1,
                        Long.MIN_VALUE,
                        ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
                        NODE2,
                        List.of(NODE1, NODE2),
                        9),
                new JournalEvent.ReservationChanged(THEN, DISK, null, Cause.CLEARED, 0, 0, null, null, List.of(), 0),
                new JournalEvent.LastAccess(THEN, DISK, NODE1, null, THEN),
                new JournalEvent.FirstAccess(THEN, DISK, NODE1, true),
                new JournalEvent.FirstAccess(THEN, DISK, NODE1, false),
                new JournalEvent.Heard(THEN, NODE1, THEN.minusMillis(1)),
                new JournalEvent.SessionEnded(THEN, 7, NODE1, "10.0.0.1:4711", THEN, "line\nbreak"),
                new JournalEvent.LeftOut(THEN, NODE1.initiatorName(), 12),
                new JournalEvent.Stopped(THEN));
        append(events);
        assertEquals(events, read());
    }

    @Test
    void theFilesStayWithinTheirBoundAndKeepTheLatest() throws IOException {
        for (int batch = 0; batch < 100; batch++) {
            List<JournalEvent> events = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                events.add(new JournalEvent.SessionBegan(THEN, batch * 100L + i, NODE1, "10.0.0.1:4711", "a"));
            }
            append(events);
            assertTrue(bytes() <= BYTES, "%d bytes after batch %d".formatted(bytes(), batch));
        }
        List<JournalEvent> left = read();
        assertTrue(left.size() > 200, "a good part of what there is room for: " + left.size());
        for (int i = 0; i < left.size(); i++) {
            assertEquals(9_999 - i, ((JournalEvent.SessionBegan) left.get(left.size() - 1 - i)).session(), "no gap");
        }
    }

    @Test
    void aLineThatACrashCutShortIsGoneAndNothingElse() throws IOException {
        append(List.of(started("1"), started("2")));
        byte[] whole = Files.readAllBytes(only());
        for (int cut = 1; cut < 30; cut++) {
            Files.write(only(), java.util.Arrays.copyOf(whole, whole.length - cut));
            append(List.of(started("3")));
            assertEquals(List.of(started("1"), started("3")), read());
            assertFalse(Files.exists(directory.resolve("damaged")));
        }
    }

    @Test
    void aDamagedFileIsPutAsideAndTheOthersAreRead() throws IOException {
        int sessions = 0;
        while (files().size() < 3) {
            append(List.of(new JournalEvent.SessionBegan(THEN, sessions++, NODE1, "10.0.0.1:4711", "a")));
        }
        List<JournalEvent> all = read();
        Path middle = files().get(1);
        long lost = Files.readAllLines(middle).size();
        byte[] content = Files.readAllBytes(middle);
        content[content.length / 2] ^= (byte) 0x80;
        content[content.length / 2 + 1] = '\n';
        Files.write(middle, content);
        assertEquals(all.size() - lost, read().size());
        assertTrue(Files.exists(directory.resolve("damaged")));
        append(List.of(started("goes on")));
        assertEquals(started("goes on"), read().getLast());
    }

    @Test
    void aLastFileThatIsDamagedInItsMidstIsPutAsideToo() throws IOException {
        append(List.of(started("1"), started("2"), started("3")));
        List<String> lines = new ArrayList<>(Files.readAllLines(only()));
        lines.set(1, "no JSON");
        Files.write(only(), lines);
        append(List.of(started("4")));
        assertEquals(List.of(started("4")), read());
    }

    /** A device that is full takes a part of the lines, or none. */
    @Test
    void afterAFailureWhatWasDurableIsThereAndTheLinesCanBeWrittenAgain() throws IOException {
        boolean[] full = {false};
        JournalFiles files = new JournalFiles(
                directory,
                BYTES,
                file -> full[0]
                        ? new FullChannel(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE))
                        : JournalFiles.Opener.OF_THIS_HOST.open(file));
        files.append(List.of(JournalLines.write(started("1"))));
        files.close();
        full[0] = true;
        JournalFiles again = new JournalFiles(directory, BYTES, files(full));
        List<String> lines = List.of(JournalLines.write(started("2")), JournalLines.write(started("3")));
        assertThrows(IOException.class, () -> again.append(lines));
        assertEquals(List.of(started("1")), events(again));
        full[0] = false;
        again.append(lines);
        assertEquals(List.of(started("1"), started("2"), started("3")), events(again));
        assertEquals(List.of(started("1"), started("2"), started("3")), read());
    }

    @Test
    void whatALaterVersionWroteIsCountedAndWhatNobodyWroteIsNothing() {
        assertEquals(
                new JournalEvent.LeftOut(THEN, JournalEvent.LeftOut.ALL, 1),
                JournalLines.read("{\"at\":\"%s\",\"event\":\"moon rises\"}".formatted(THEN)));
        for (String line : List.of(
                "",
                "[]",
                "{}",
                "{\"at\":\"noon\",\"event\":\"stopped\"}",
                "{\"at\":\"%s\",\"event\":\"reservation\",\"disk\":\"1\"}".formatted(THEN),
                "{\"at\":\"%s\",\"event\":\"heard\",\"heard\":\"%s\"}".formatted(THEN, THEN))) {
            assertNull(JournalLines.read(line), line);
        }
    }

    private static JournalFiles.Opener files(boolean[] full) {
        return file -> full[0]
                ? new FullChannel(JournalFiles.Opener.OF_THIS_HOST.open(file))
                : JournalFiles.Opener.OF_THIS_HOST.open(file);
    }

    private static JournalEvent started(String version) {
        return new JournalEvent.Started(THEN, version);
    }

    /** As a daemon that starts, writes and ends. */
    private void append(List<JournalEvent> events) throws IOException {
        try (JournalFiles files = new JournalFiles(directory, BYTES, JournalFiles.Opener.OF_THIS_HOST)) {
            files.append(events.stream().map(JournalLines::write).toList());
        }
    }

    private List<JournalEvent> read() throws IOException {
        try (JournalFiles files = new JournalFiles(directory, BYTES, JournalFiles.Opener.OF_THIS_HOST)) {
            return events(files);
        }
    }

    private static List<JournalEvent> events(JournalFiles files) throws IOException {
        List<JournalEvent> events = new ArrayList<>();
        files.read(events::add);
        return events;
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
    }

    private Path only() throws IOException {
        assertEquals(1, files().size());
        return files().getFirst();
    }

    private long bytes() throws IOException {
        long bytes = 0;
        for (Path file : files()) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
