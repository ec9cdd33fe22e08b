package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of notes about disks that something is being done to, so that the next start can finish it or take it
 * back. A note has the name of the disk's uuid and two lines of text.
 */
final class DiskNotes {
    private static final Logger LOG = LoggerFactory.getLogger(DiskNotes.class);

    private final Path directory;
    private final DurableFiles files;

    DiskNotes(Path directory, DurableFiles files) {
        this.directory = directory;
        this.files = files;
    }

    Path directory() {
        return directory;
    }

    /** Where the note about a disk is, or would be. */
    Path of(UUID uuid) {
        return directory.resolve(uuid.toString());
    }

    /** Every file there is, also what never became a note. */
    List<Path> all() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> notes = Files.list(directory)) {
            return notes.toList();
        }
    }

    /** The note is durable when this returns, with the directory that it is in. */
    void write(UUID uuid, String first, String second) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            files.syncDirectory(
                    Objects.requireNonNull(directory.toAbsolutePath().getParent()));
        }
        files.replaceContent(of(uuid), (first + "\n" + second + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The note has done its service. */
    void finished(UUID uuid) {
        try {
            Files.deleteIfExists(of(uuid));
        } catch (IOException e) {
            DiskEvent.NOTE_STAYS.log(LOG, of(uuid), Causes.of(e));
        }
    }
}
