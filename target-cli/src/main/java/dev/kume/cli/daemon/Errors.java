package dev.kume.cli.daemon;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.ParentException;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.store.NoSpaceException;
import dev.kume.core.store.StoreLockedException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, as clients are told: the one place where exceptions become errors of the API. */
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private Errors() {}

    static ApiError of(Throwable failure) {
        return switch (failure) {
            case ApiException e -> e.error();
            case InventoryException e -> ofRules(e);
            case CancellationException e -> ApiError.of(ErrorCode.CANCELLED, "it was cancelled", null);
            case IOException e -> ApiError.of(codeOf(e), Causes.of(e), null);
            default -> {
                ServiceEvent.API_BUG.log(LOG, failure);
                yield ApiError.of(
                        ErrorCode.FAILED,
                        "the daemon has a bug: " + failure,
                        "its log has the details; please report it");
            }
        };
    }

    /** What went wrong with the file of a disk; {@code what} says what was being done. */
    static ApiException ofFile(Path file, String what, IOException failure) {
        return switch (failure) {
            case ParentException e ->
                new ApiException(
                        e.missing() ? ErrorCode.NOT_FOUND : ErrorCode.GUARD,
                        "%s: %s".formatted(what, e.getMessage()),
                        null);
            case DiskFormatException e ->
                new ApiException(ErrorCode.INVALID, "%s: %s".formatted(what, e.getMessage()), null);
            case StoreLockedException e ->
                new ApiException(
                        ErrorCode.BUSY,
                        "%s: %s is in use by another disk or process".formatted(what, e.path()),
                        "close it there first");
            case FileAlreadyExistsException e -> existing(file, what);
            case IOException e
            when isNoSpace(e) ->
                new ApiException(
                        ErrorCode.NO_SPACE,
                        "%s: there is not enough space for %s".formatted(what, file),
                        "nothing is left behind; free space, choose another --file, or use --sparse");
            case IOException e ->
                new ApiException(ErrorCode.FAILED, "%s: %s: %s".formatted(what, file, Causes.of(e)), null);
        };
    }

    static ApiException existing(Path file, String what) {
        return new ApiException(
                ErrorCode.CONFLICT,
                "%s: there is a file %s already, and it is never overwritten".formatted(what, file),
                "use it as it is with 'kume disk import NAME --file %s', or choose another --file".formatted(file));
    }

    /** What went wrong when a change was made durable. */
    static ApiException ofSaving(Path stateDirectory, IOException failure) {
        return new ApiException(
                codeOf(failure),
                "the change could not be written to %s (%s), so nothing was changed"
                        .formatted(stateDirectory, Causes.of(failure)),
                isNoSpace(failure) ? "free space there and try again" : "look after that file system and try again");
    }

    private static ErrorCode codeOf(IOException failure) {
        return isNoSpace(failure) ? ErrorCode.NO_SPACE : ErrorCode.FAILED;
    }

    static boolean isNoSpace(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        return failure instanceof NoSpaceException
                || text.contains("No space left on device")
                || text.contains("Disk quota exceeded")
                || text.contains("not enough space on the disk");
    }

    private static ApiError ofRules(InventoryException refusal) {
        ErrorCode code = switch (refusal.kind()) {
            case INVALID -> ErrorCode.INVALID;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case CONFLICT -> ErrorCode.CONFLICT;
            case GUARD -> ErrorCode.GUARD;
            case BUSY -> ErrorCode.BUSY;
            case LIMIT -> ErrorCode.LIMIT;
        };
        return new ApiError(
                code,
                refusal.problem(),
                refusal.remedy(),
                code.exitCode(),
                refusal.thing(),
                refusal.name(),
                refusal.suggestions());
    }
}
