package dev.kume.cli.state;

import dev.kume.cli.files.Causes;
import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code version.yaml}: the version of all files of the state directory taken together. It goes up whenever the form
 * of any of them changes in a way that an older Kume would misread, or refuse in words that help nobody.
 *
 * @param schema version of the state
 * @param kume version of the Kume that brought it there
 * @param unfinished a restore that has begun here and not ended; null otherwise
 */
record VersionFile(int schema, String kume, @Nullable String unfinished) {
    /** What this Kume reads and writes. */
    static final int SCHEMA = 2;

    /** A state without the file: all that was written before there was one. */
    static final int FIRST_SCHEMA = 1;

    static final String NAME = "version.yaml";
    private static final String HEAD = "# Written by the Kume daemon, never by hand.\n";
    private static final long BYTES_MAX = 65_536;

    /** The one of a state directory; null where there is none. */
    static @Nullable VersionFile find(Path state) throws StateException {
        Path file = state.resolve(NAME);
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new StateException(damaged(file, "it has more than %d bytes".formatted(BYTES_MAX)));
            }
            return read(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            return null;
        } catch (YamlException e) {
            throw new StateException(damaged(file, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new StateException(
                    "%s cannot be read (%s); give it to the user of the daemon".formatted(file, Causes.of(e)));
        }
    }

    private static String damaged(Path file, String why) {
        return ("%s; nothing was started: which Kume wrote the state is not known; restore that file from a backup, or,"
                        + " when this Kume has run here before, remove it")
                .formatted(why.contains(file.toString()) ? why : file + ": " + why);
    }

    /** Only the version is read of one that is newer: nobody knows what else is in it. */
    private static VersionFile read(String file, String text) throws YamlException {
        YamlKeys root = YamlKeys.document(file, text);
        int schema = (int) root.number("schemaVersion", 1, Integer.MAX_VALUE);
        String kume = root.optionalText("kume");
        String unfinished = root.optionalText("unfinished");
        if (schema <= SCHEMA) {
            root.end();
        }
        return new VersionFile(schema, kume == null ? "of another version" : kume, unfinished);
    }

    /** Replaces it, durably. */
    void write(Path state, StateFiles files) throws IOException {
        String text = YamlWriter.document(out -> {
            out.writeNumberField("schemaVersion", schema);
            out.writeStringField("kume", kume);
            if (unfinished != null) {
                out.writeStringField("unfinished", unfinished);
            }
        });
        Path file = state.resolve(NAME);
        Path temporary = state.resolve(NAME + ".new");
        files.writePrivate(temporary, (HEAD + text).getBytes(StandardCharsets.UTF_8));
        files.replace(temporary, file);
        files.syncDirectory(state);
    }
}
