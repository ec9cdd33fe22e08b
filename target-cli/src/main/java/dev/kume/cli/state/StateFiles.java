package dev.kume.cli.state;

import java.io.IOException;
import java.nio.file.Path;

/** The steps of which a durable change of the state directory is made, each of which can fail. */
public interface StateFiles {
    /** Makes a file that only its owner may open, and its content durable; one that is left of an earlier try goes. */
    void writePrivate(Path file, byte[] content) throws IOException;

    /** Puts a file or directory in the place of another, whole or not at all. */
    void replace(Path from, Path to) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;
}
