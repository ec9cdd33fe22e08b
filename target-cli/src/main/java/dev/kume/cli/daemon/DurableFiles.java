package dev.kume.cli.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The steps of which a durable change of a small file is made, each of which can fail. */
interface DurableFiles {
    /** Files of this host. */
    DurableFiles OF_THIS_HOST = new DurableFiles() {};

    /** Writes a file from its beginning and makes its content durable. */
    default void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Puts a file in the place of another, whole or not at all. */
    default void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the names in a directory durable. */
    default void syncDirectory(Path directory) throws IOException {
        // Windows opens no directories; its file system journals renames by itself.
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Writes a file so that a crash at any moment leaves the old content or the new. */
    default void replaceContent(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        write(temporary, content);
        replace(temporary, file);
        if (directory != null) {
            syncDirectory(directory);
        }
    }
}
