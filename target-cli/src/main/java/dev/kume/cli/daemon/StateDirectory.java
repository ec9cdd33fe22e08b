package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The state directory, locked: one daemon at a time. The lock goes with the process, however it ends. */
final class StateDirectory implements AutoCloseable {
    private final Path path;
    private final BackingStore lock;

    private StateDirectory(Path path, BackingStore lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the directory where there is none (mode 0700), and locks it. */
    static StateDirectory lock(Path path, StoreProvider stores, long pid) throws DaemonException {
        Path lockFile = path.resolve("lock");
        Path pidFile = path.resolve("pid");
        try {
            create(path);
            BackingStore lock;
            try {
                lock = Files.exists(lockFile) ? stores.open(lockFile, false) : stores.create(lockFile);
            } catch (FileAlreadyExistsException e) {
                lock = stores.open(lockFile, false); // Another daemon was quicker; it has the lock, or it has ended.
            }
            Files.writeString(pidFile, pid + "\n");
            return new StateDirectory(path, lock);
        } catch (StoreLockedException e) {
            throw DaemonException.busy(
                    "the state directory %s belongs to a daemon that runs%s; stop that one first, or give"
                                    .formatted(path, other(pidFile))
                            + " this one a stateDirectory of its own");
        } catch (IOException e) {
            throw DaemonException.failed(
                    "the state directory %s cannot be used: %s; give it to the user of the daemon, or set stateDirectory"
                            .formatted(path, reason(path, e)));
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** Makes a directory for this user alone, and its parents; leaves one that exists as it is. */
    static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(directory);
        }
    }

    private static String reason(Path path, IOException e) {
        return Files.exists(path) && !Files.isDirectory(path) ? "it is not a directory" : Causes.of(e);
    }

    private static String other(Path pidFile) {
        try {
            return " (pid %s)".formatted(Files.readString(pidFile).strip());
        } catch (IOException e) {
            return "";
        }
    }
}
