package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * What an operation that is done came to, beside what it was to do. What does not apply is null.
 *
 * @param file       the file that it made
 * @param check      what a check has found
 * @param freedBytes space that the file of the disk takes less than before
 * @param validation the report of a cluster validation
 */
public record OperationResult(
        @Nullable String file,
        @Nullable CheckView check,
        @Nullable Long freedBytes,
        @Nullable ValidationView validation) {
    public static OperationResult ofFile(String file) {
        return new OperationResult(file, null, null, null);
    }

    public static OperationResult of(CheckView check) {
        return new OperationResult(null, check, null, null);
    }

    public static OperationResult ofFreedBytes(long freedBytes) {
        return new OperationResult(null, null, freedBytes, null);
    }

    public static OperationResult of(ValidationView validation) {
        return new OperationResult(null, null, null, validation);
    }
}
