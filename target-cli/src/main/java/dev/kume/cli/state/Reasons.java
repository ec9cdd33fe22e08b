package dev.kume.cli.state;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be used, on one line and without its path. */
final class Reasons {
    private Reasons() {}

    static String of(IOException e) {
        String text = switch (e) {
            case NoSuchFileException gone -> "it does not exist";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
        return text.lines().findFirst().orElse(text).strip();
    }
}
