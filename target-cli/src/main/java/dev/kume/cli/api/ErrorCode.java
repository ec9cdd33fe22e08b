package dev.kume.cli.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a request failed: a word for machines, the HTTP status that carries it and the exit code of the command line. */
public enum ErrorCode {
    /** Something went wrong that is not the request's fault: an I/O error, a bug. */
    FAILED(500, 1),
    /** There is no space left where the disk file should go. */
    NO_SPACE(507, 1),
    /** The request makes no sense: a bad size, a bad name, an unknown field. */
    INVALID(400, 2),
    /** No such path or method; a client newer or older than the daemon. */
    UNSUPPORTED(405, 2),
    /** The named thing does not exist; {@link ApiError#suggestions()} has what comes nearest. */
    NOT_FOUND(404, 3),
    /** The name, LUN, IQN or file is taken. */
    CONFLICT(409, 4),
    /** A guard rail refused what would likely lose data. */
    GUARD(422, 5),
    /** A limit of {@code kume.yaml} is reached. */
    LIMIT(429, 5),
    /** The daemon is stopping. */
    STOPPING(503, 6),
    /** The daemon cannot be reached; made by clients, never sent. */
    UNREACHABLE(502, 6),
    /** Nobody knows who the caller is: there is no token, or one that does not count. */
    NOT_AUTHORISED(401, 7),
    /** The caller is known, and may not do this. */
    FORBIDDEN(403, 7),
    /** In use, by whom the message says. */
    BUSY(423, 8),
    /** It took too long. */
    TIMED_OUT(504, 9),
    /** Cancelled on request. */
    CANCELLED(410, 1);

    private final int httpStatus;
    private final int exitCode;

    ErrorCode(int httpStatus, int exitCode) {
        this.httpStatus = httpStatus;
        this.exitCode = exitCode;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** The exit code of the command line. */
    public int exitCode() {
        return exitCode;
    }

    /** The word in JSON: {@code not-found}. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code of a word; {@link #FAILED} for a word that a newer daemon made. */
    @JsonCreator
    public static ErrorCode ofWord(String word) {
        for (ErrorCode code : values()) {
            if (code.word().equals(word)) {
                return code;
            }
        }
        return FAILED;
    }
}
