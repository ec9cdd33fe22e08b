package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Nearest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every request must satisfy before the rules see it. */
final class Requests {
    private Requests() {}

    /** A field that must be there. */
    static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new ApiException(ErrorCode.INVALID, "the field '%s' is missing".formatted(field), "add it");
        }
        return value;
    }

    /** One word of a closed set, without case. */
    static String oneOf(String thing, String word, List<String> words) {
        for (String known : words) {
            if (known.equalsIgnoreCase(word)) {
                return known;
            }
        }
        List<String> near = Nearest.to(word, words);
        throw new ApiException(
                ErrorCode.INVALID,
                "'%s' is not a %s".formatted(word, thing),
                near.isEmpty()
                        ? "use one of: " + String.join(", ", words)
                        : "did you mean %s?".formatted(String.join(" or ", near)));
    }

    /** An absolute path on this host, normalised. */
    static Path absolutePath(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new ApiException(ErrorCode.INVALID, "the path has control characters", "use another");
        }
        try {
            Path path = Path.of(text);
            if (path.isAbsolute() && path.getFileName() != null) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            throw new ApiException(
                    ErrorCode.INVALID, "'%s' is not a path: %s".formatted(text, e.getReason()), "use another");
        }
        throw new ApiException(
                ErrorCode.INVALID,
                "'%s' is not the absolute path of a file".formatted(text),
                "paths are those of the server and begin with /");
    }
}
