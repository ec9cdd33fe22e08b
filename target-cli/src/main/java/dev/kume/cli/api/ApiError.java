package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a request failed.
 *
 * @param code        for machines
 * @param message     what is wrong, naming the thing and the place; no full stop at its end
 * @param remedy      what to do about it, null when there is nothing to say
 * @param exitCode    what the command line exits with
 * @param kind        the kind of thing meant: {@code disk}, {@code target}, {@code session}, {@code operation}; maybe
 *     null
 * @param name        the name given for it, maybe null
 * @param suggestions the names that come nearest to one that does not exist, best first
 */
public record ApiError(
        ErrorCode code,
        String message,
        @Nullable String remedy,
        int exitCode,
        @Nullable String kind,
        @Nullable String name,
        List<String> suggestions) {
    public ApiError {
        suggestions = Lists.orEmpty(suggestions);
    }

    /** An error with neither name nor suggestions. */
    public static ApiError of(ErrorCode code, String message, @Nullable String remedy) {
        return new ApiError(code, message, remedy, code.exitCode(), null, null, List.of());
    }

    /** The one line that people read: the message, then the remedy. */
    public String line() {
        return remedy == null ? message : message + "; " + remedy;
    }

    /** The body of every answer that is not 2xx: {@code {"error": {...}}}. */
    public record Body(ApiError error) {}
}
