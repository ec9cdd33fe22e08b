package dev.kume.cli.log;

import dev.kume.cli.yaml.YamlException;
import dev.kume.cli.yaml.YamlKeys;
import dev.kume.cli.yaml.YamlPaths;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What {@code kume.yaml} says about the log.
 *
 * @param format    of its lines, wherever they go
 * @param level     the least that is written
 * @param file      where lines go beside the standard error; null for nowhere
 * @param fileBytes of the file before another one is begun
 * @param files     older files that are kept beside it
 */
public record LogSettings(
        LogFormat format, Level level, @Nullable Path file, long fileBytes, int files) {
    public static final LogSettings DEFAULTS = new LogSettings(LogFormat.TEXT, Level.INFO, null, 10_485_760, 5);

    private static final long FILE_BYTES_MIN = 65_536;
    private static final long FILE_BYTES_MAX = 1 << 30;
    private static final int FILES_MAX = 100;

    /** The settings of a block; the defaults when there is none. */
    public static LogSettings of(@Nullable YamlKeys keys) throws YamlException {
        if (keys == null) {
            return DEFAULTS;
        }
        LogFormat format = or(keys.optionalParsed("format", LogFormat::ofWord), DEFAULTS.format);
        Level level = or(keys.optionalParsed("level", LogSettings::level), DEFAULTS.level);
        Path file = keys.optionalParsed("file", LogSettings::file);
        long fileBytes = or(keys.optionalNumber("fileBytes", FILE_BYTES_MIN, FILE_BYTES_MAX), DEFAULTS.fileBytes);
        long files = or(keys.optionalNumber("files", 1, FILES_MAX), (long) DEFAULTS.files);
        keys.end();
        return new LogSettings(format, level, file, fileBytes, Math.toIntExact(files));
    }

    /** The same with what can change while the daemon runs taken from others. */
    public LogSettings withLiveOf(LogSettings others) {
        return new LogSettings(others.format, others.level, file, fileBytes, files);
    }

    static Level level(String word) {
        for (Level level : List.of(Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR)) {
            if (level.name().toLowerCase(Locale.ROOT).equals(word)) {
                return level;
            }
        }
        throw new IllegalArgumentException(
                "'%s' is no level of a log; write debug, info, warn or error".formatted(word));
    }

    private static Path file(String text) {
        return YamlPaths.absolute(text, "begin it with /, or leave it out for no file");
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return Objects.requireNonNullElse(value, otherwise);
    }
}
