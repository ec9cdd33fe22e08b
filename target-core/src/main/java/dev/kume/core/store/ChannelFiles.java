package dev.kume.core.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files of any host, through Java alone. Locks are Java's file locks: mandatory on Windows; on macOS they belong to the
 * process and end with any of its descriptors of the file.
 */
final class ChannelFiles implements StoreProvider {
    private final boolean windows =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    /**
     * Files that are open through this object, so that none is opened twice: on macOS the second close would drop the
     * first one's lock.
     */
    private final Set<Path> openPaths = ConcurrentHashMap.newKeySet();

    @Override
    public BackingStore open(Path path, boolean readOnly) throws IOException {
        if (!Files.exists(path)) {
            throw LocalFiles.missing(path);
        }
        if (!Files.isRegularFile(path)) {
            throw new FileSystemException(
                    path.toString(), null, Files.isDirectory(path) ? "it is a directory" : "it is not a regular file");
        }
        Path realPath = path.toRealPath();
        if (!openPaths.add(realPath)) {
            throw new StoreLockedException(path);
        }
        try {
            RandomAccessFile file = new RandomAccessFile(path.toFile(), readOnly ? "r" : "rw");
            return lockedFile(path, readOnly, new ChannelDescriptor(path, file, () -> openPaths.remove(realPath)));
        } catch (FileNotFoundException e) {
            openPaths.remove(realPath);
            // The file is there: this is how Java says that it may not be opened.
            throw new AccessDeniedException(path.toString(), null, "no permission to open it");
        } catch (IOException | RuntimeException | Error e) {
            openPaths.remove(realPath);
            throw e;
        }
    }

    @Override
    public BackingStore create(Path path) throws IOException {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            throw LocalFiles.alreadyThere(path);
        } catch (NoSuchFileException e) {
            throw LocalFiles.missing(path);
        }
        return open(path, false);
    }

    @Override
    public void remove(Path path) throws IOException {
        // Windows does not delete an open file; opening it first proves that nobody else has it.
        open(path, false).close();
        Files.delete(path);
        syncDirectory(LocalFiles.directoryOf(path));
    }

    /** Java has no rename that refuses to replace; between the look and the rename another program could slip in. */
    @Override
    public void rename(Path from, Path to) throws IOException {
        if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            throw LocalFiles.alreadyThere(to);
        }
        Files.move(from, to);
        syncDirectory(LocalFiles.directoryOf(to));
        syncDirectory(LocalFiles.directoryOf(from));
    }

    /** Does nothing on Windows, where directories cannot be opened and NTFS logs their changes. */
    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!windows) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static LocalFile lockedFile(Path path, boolean readOnly, ChannelDescriptor descriptor) throws IOException {
        try {
            if (!descriptor.lock(readOnly)) {
                throw new StoreLockedException(path);
            }
            return new LocalFile(path, readOnly, descriptor);
        } catch (IOException | RuntimeException | Error e) {
            descriptor.close();
            throw e;
        }
    }
}
