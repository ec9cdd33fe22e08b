package dev.kume.cli.access;

import java.io.IOException;
import java.nio.file.Path;

/** Puts content in the place of a file that only its owner may open: whole and durable, or not at all. */
@FunctionalInterface
public interface PrivateWriter {
    void write(Path file, byte[] content) throws IOException;
}
