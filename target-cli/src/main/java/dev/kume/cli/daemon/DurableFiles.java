package dev.kume.cli.daemon;

import dev.kume.cli.state.StateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** The steps of which a durable change of a small file is made, each of which can fail. */
interface DurableFiles extends StateFiles {
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

    /** Makes a file that only its owner may open, and its content durable; one that is left of an earlier try goes. */
    @Override
    default void writePrivate(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, ownerOnly(file))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0]; // The directory's access list, which is inherited, must do.
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    /** Removes a file that may be gone already. */
    default void remove(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** Puts a file in the place of another, whole or not at all. */
    @Override
    default void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the names in a directory durable. */
    @Override
    default void syncDirectory(Path directory) throws IOException {
        // Windows opens no directories; its file system journals renames by itself.
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** As {@link #replaceContent}, for a file that only its owner may open. */
    default void replacePrivateContent(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try {
            writePrivate(temporary, content);
            replace(temporary, file);
        } catch (IOException e) {
            removeAfter(e, temporary);
            throw e;
        }
        syncDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    }

    /** What is half written takes room on a disk that is full. */
    private static void removeAfter(IOException failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
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
