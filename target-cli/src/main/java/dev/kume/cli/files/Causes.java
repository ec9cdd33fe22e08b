package dev.kume.cli.files;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What went wrong with a file, in the words of an administrator. */
public final class Causes {
    private Causes() {}

    /** One line, without the path that the caller names. */
    public static String of(Throwable cause) {
        return switch (cause) {
            case NoSuchFileException e -> "it does not exist";
            case AccessDeniedException e -> "permission denied";
            case FileAlreadyExistsException e -> "it exists already";
            case NotDirectoryException e -> "it is not a directory";
            case FileSystemException e when e.getReason() != null -> oneLine(e.getReason());
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : oneLine(cause.getMessage());
        };
    }

    private static String oneLine(String text) {
        return text.lines().findFirst().orElse(text).strip();
    }
}
