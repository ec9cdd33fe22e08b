package dev.kume.cli.daemon;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A request that fails, with the answer it gets. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    ApiException(ApiError error) {
        super(error.line());
        this.error = error;
    }

    ApiException(ErrorCode code, String message, @Nullable String remedy) {
        this(ApiError.of(code, message, remedy));
    }

    ApiError error() {
        return error;
    }
}
