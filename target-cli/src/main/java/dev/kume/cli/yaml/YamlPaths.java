package dev.kume.cli.yaml;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths that stand in files of settings. */
public final class YamlPaths {
    private YamlPaths() {}

    /**
     * An absolute path, without detours.
     *
     * @param remedy what to write instead of one that is not absolute
     */
    public static Path absolute(String text, String remedy) {
        try {
            Path path = Path.of(text);
            if (!text.isBlank() && path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'%s' is not a path: %s".formatted(text, e.getReason()), e);
        }
        throw new IllegalArgumentException("'%s' is not an absolute path; %s".formatted(text, remedy));
    }
}
