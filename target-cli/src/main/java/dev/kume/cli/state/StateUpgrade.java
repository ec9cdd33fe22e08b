package dev.kume.cli.state;

import dev.kume.cli.files.Causes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings the state directory to this Kume's version, or refuses to touch one that is newer. A crash at any moment
 * leaves the old state, or the new one with the copy of the old one beside it.
 */
public final class StateUpgrade {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path state;
    private final String kume;
    private final StateFiles files;

    /** @param kume this Kume's version */
    public StateUpgrade(Path state, String kume, StateFiles files) {
        this.state = state;
        this.kume = kume;
        this.files = files;
    }

    /**
     * What has been done.
     *
     * @param from version of the state as it was
     * @param to version of the state as it is
     * @param copy where the old one is
     */
    public record Upgraded(int from, int to, Path copy) {}

    /** Refuses a state that this Kume must not touch. Writes nothing. */
    public void check() throws StateException {
        VersionFile found = VersionFile.find(state);
        if (found == null) {
            return;
        }
        if (found.schema() > VersionFile.SCHEMA) {
            throw new StateException(
                    ("the state in %s was written by Kume %s, as schema version %d; this Kume %s knows versions up to"
                                    + " %d and leaves it alone: start Kume %s again, or go back to a copy in %s as"
                                    + " docs/upgrade.md says")
                            .formatted(
                                    state,
                                    found.kume(),
                                    found.schema(),
                                    kume,
                                    VersionFile.SCHEMA,
                                    found.kume(),
                                    state.resolve(StateContents.BACKUP)));
        }
        if (found.unfinished() != null) {
            throw new StateException(
                    "a restore of %s into %s has not ended, so what is there is not whole; repeat it: kume state restore %s --state %s --force"
                            .formatted(found.unfinished(), state, found.unfinished(), state));
        }
    }

    /** Under the lock of the directory. Returns null when there was nothing to do but to write the version down. */
    public @Nullable Upgraded run(Instant now) throws StateException {
        check();
        VersionFile found = VersionFile.find(state);
        if (found != null && found.schema() == VersionFile.SCHEMA) {
            return null;
        }
        int from = found == null ? VersionFile.FIRST_SCHEMA : found.schema();
        boolean fresh = found == null && StateContents.present(state).isEmpty();
        try {
            Path copy = fresh ? null : copy(now);
            // From version 1 to 2 no file changes its form: the version is written down for those who come later.
            new VersionFile(VersionFile.SCHEMA, kume, null).write(state, files);
            return copy == null ? null : new Upgraded(from, VersionFile.SCHEMA, copy);
        } catch (IOException e) {
            throw new StateException(
                    ("the state in %s could not be brought from schema version %d to %d: %s; nothing was changed: make"
                                    + " room and give the directory to the user of the daemon, then start again")
                            .formatted(state, from, VersionFile.SCHEMA, Causes.of(e)));
        }
    }

    // ---- the copy ---------------------------------------------------------------------------------------------------

    /** A whole and durable copy of the old state. One that an earlier try has made is taken. */
    private Path copy(Instant now) throws IOException {
        Path backup = state.resolve(StateContents.BACKUP);
        Path working = backup.resolve(".unfinished");
        if (Files.exists(working)) {
            StateContents.remove(working);
        }
        List<Path> content = StateContents.files(state);
        Path made = findCopy(backup, content);
        if (made != null) {
            return made;
        }
        StateContents.create(working);
        files.syncDirectory(state);
        for (Path file : content) {
            Path to = working.resolve(file);
            StateContents.create(Objects.requireNonNull(to.getParent()));
            files.writePrivate(to, Files.readAllBytes(state.resolve(file)));
        }
        syncAll(working);
        Path place = free(backup, "before-%s-%s".formatted(kume, TIME.format(now)));
        files.replace(working, place);
        files.syncDirectory(backup);
        return place;
    }

    private static Path free(Path folder, String name) {
        Path place = folder.resolve(name);
        for (int i = 2; Files.exists(place); i++) {
            place = folder.resolve(name + "-" + i);
        }
        return place;
    }

    private @Nullable Path findCopy(Path backup, List<Path> content) throws IOException {
        if (!Files.isDirectory(backup)) {
            return null;
        }
        try (Stream<Path> entries = Files.list(backup)) {
            for (Path entry : entries.sorted().toList()) {
                if (entry.getFileName().toString().startsWith("before-" + kume + "-") && isCopy(entry, content)) {
                    return entry;
                }
            }
        }
        return null;
    }

    private boolean isCopy(Path copy, List<Path> content) throws IOException {
        if (!StateContents.files(copy).equals(content)) {
            return false;
        }
        for (Path file : content) {
            if (Files.mismatch(copy.resolve(file), state.resolve(file)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private void syncAll(Path folder) throws IOException {
        List<Path> folders;
        try (Stream<Path> all = Files.walk(folder)) {
            folders = all.filter(Files::isDirectory).toList();
        }
        for (Path each : folders) {
            files.syncDirectory(each);
        }
    }
}
