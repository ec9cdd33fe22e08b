package dev.kume.core.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Files of this host: on Linux with the kernel's own calls, elsewhere (Windows, macOS) with Java's file channels, which
 * cannot read without waiting, reserve space or make holes; there a disk that is not sparse is filled with zeroes when
 * it is made.
 *
 * <p>Disk threads that are inside a call are never interrupted: Java closes a channel under everybody when they are.
 */
public final class LocalFiles implements StoreProvider {
    private final StoreProvider files;

    private LocalFiles(StoreProvider files) {
        this.files = files;
    }

    /** The way that suits this host. */
    public static LocalFiles ofThisHost() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
        return linux ? new LocalFiles(new LinuxFiles()) : portable();
    }

    /** The way that works on every host. */
    static LocalFiles portable() {
        return new LocalFiles(new ChannelFiles());
    }

    @Override
    public BackingStore open(Path path, boolean readOnly) throws IOException {
        return files.open(path, readOnly);
    }

    @Override
    public BackingStore create(Path path) throws IOException {
        return files.create(path);
    }

    @Override
    public void remove(Path path) throws IOException {
        files.remove(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        files.syncDirectory(directory);
    }

    /** Says whether the file or its directory is missing. */
    static NoSuchFileException missing(Path path) {
        Path directory = path.toAbsolutePath().getParent();
        boolean noDirectory = directory != null && !Files.isDirectory(directory);
        return new NoSuchFileException(
                path.toString(), null, noDirectory ? "there is no directory " + directory : "there is no such file");
    }

    static FileAlreadyExistsException alreadyThere(Path path) {
        return new FileAlreadyExistsException(path.toString(), null, "it exists already and is never overwritten");
    }

    /** The directory that holds the entry of {@code path}. */
    public static Path directoryOf(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(path + " is a directory, not a file");
        }
        return directory;
    }
}
