package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskNotesTest {
    private static final UUID DISK = new UUID(1, 2);

    @TempDir
    private Path state;

    private final List<Path> synced = new ArrayList<>();

    private final DurableFiles files = new DurableFiles() {
        @Override
        public void syncDirectory(Path directory) throws IOException {
            DurableFiles.super.syncDirectory(directory);
            synced.add(directory);
        }
    };

    @Test
    void firstNoteMakesItsDirectoryDurableToo() throws IOException {
        Path directory = state.resolve("unfinished");
        DiskNotes notes = new DiskNotes(directory, files);

        notes.write(DISK, "here", "there");
        assertEquals(List.of(state, directory), synced);
        assertEquals(List.of("here", "there"), Files.readAllLines(notes.of(DISK)));

        synced.clear();
        notes.write(DISK, "there", "there");
        assertEquals(List.of(directory), synced);
    }

    @Test
    void listsWhatIsThereAndForgetsWhatIsFinished() throws IOException {
        DiskNotes notes = new DiskNotes(state.resolve("growing"), files);
        assertEquals(List.of(), notes.all());

        notes.write(DISK, "1", "2");
        assertEquals(List.of(notes.of(DISK)), notes.all());

        notes.finished(DISK);
        notes.finished(DISK);
        assertEquals(List.of(), notes.all());
    }
}
