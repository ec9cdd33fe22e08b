package dev.kume.core.store;

import dev.kume.core.store.linux.CallScratch;
import dev.kume.core.store.linux.Errno;
import dev.kume.core.store.linux.LinuxCalls;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of Linux, locked by open-file-description locks. A writer locks the whole file, which keeps qemu and other
 * programs with locks out as well; a reader locks the first byte alone, which stops a writer of ours and leaves qemu
 * its own readers (its locks are the bytes from 100 on).
 */
final class LinuxFiles implements StoreProvider {
    private static final int NEW_FILE_MODE = 0600;
    private static final long READER_LOCK_BYTES = 1;
    private static final long WHOLE_FILE = 0;

    private final ThreadLocal<CallScratch> scratches = ThreadLocal.withInitial(CallScratch::new);

    @Override
    public BackingStore open(Path path, boolean readOnly) throws IOException {
        // Without O_NONBLOCK the open of a named pipe would wait for its other end.
        int access = readOnly ? LinuxCalls.O_RDONLY : LinuxCalls.O_RDWR;
        int fd = LinuxCalls.open(path.toString(), access | LinuxCalls.O_NONBLOCK, 0);
        if (fd < 0) {
            throw refused(path, fd, "open");
        }
        return lockedFile(path, fd, readOnly);
    }

    @Override
    public BackingStore create(Path path) throws IOException {
        int flags = LinuxCalls.O_RDWR | LinuxCalls.O_CREAT | LinuxCalls.O_EXCL;
        int fd = LinuxCalls.open(path.toString(), flags, NEW_FILE_MODE);
        if (fd < 0) {
            throw refused(path, fd, "create");
        }
        try {
            return lockedFile(path, fd, false);
        } catch (StoreLockedException e) {
            // Somebody else has found the new file and locked it: it is theirs to remove.
            throw e;
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    @Override
    public void remove(Path path) throws IOException {
        BackingStore store = open(path, false);
        try (store) {
            Files.delete(path);
        }
        syncDirectory(LocalFiles.directoryOf(path));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        int result = LinuxCalls.renameNoReplace(from.toString(), to.toString());
        if (Errno.EINVAL.is(result) || Errno.ENOSYS.is(result)) {
            // A file system without RENAME_NOREPLACE (NFS): a hard link refuses to replace just as well.
            Files.createLink(to, from);
            Files.delete(from);
        } else if (result < 0) {
            throw refused(Errno.ENOENT.is(result) ? from : to, result, "rename %s to".formatted(from));
        }
        syncDirectory(LocalFiles.directoryOf(to));
        if (!LocalFiles.directoryOf(from).equals(LocalFiles.directoryOf(to))) {
            syncDirectory(LocalFiles.directoryOf(from));
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        int fd = LinuxCalls.open(directory.toString(), LinuxCalls.O_RDONLY, 0);
        if (fd < 0) {
            throw refused(directory, fd, "open");
        }
        int result = LinuxCalls.fsync(scratches.get(), fd);
        int closed = LinuxCalls.close(fd);
        if (result < 0 || closed < 0) {
            throw refused(directory, Math.min(result, closed), "flush");
        }
    }

    private LocalFile lockedFile(Path path, int fd, boolean readOnly) throws IOException {
        try {
            LinuxCalls.FileStatus status = LinuxCalls.status(fd);
            if (!status.regularFile()) {
                throw new FileSystemException(
                        path.toString(), null, status.directory() ? "it is a directory" : "it is not a regular file");
            }
            int locked = readOnly
                    ? LinuxCalls.lockOpenFile(fd, LinuxCalls.F_RDLCK, READER_LOCK_BYTES)
                    : LinuxCalls.lockOpenFile(fd, LinuxCalls.F_WRLCK, WHOLE_FILE);
            if (Errno.EAGAIN.is(locked) || Errno.EACCES.is(locked)) {
                throw new StoreLockedException(path);
            }
            if (locked < 0) {
                throw refused(path, locked, "lock");
            }
            return new LocalFile(path, readOnly, new LinuxDescriptor(path, fd, scratches));
        } catch (IOException | RuntimeException | Error e) {
            LinuxCalls.close(fd);
            throw e;
        }
    }

    private static IOException refused(Path path, int result, String verb) {
        String file = path.toString();
        if (Errno.EEXIST.is(result)) {
            return LocalFiles.alreadyThere(path);
        }
        if (Errno.ENOENT.is(result)) {
            return LocalFiles.missing(path);
        }
        if (Errno.EACCES.is(result) || Errno.EPERM.is(result)) {
            return new AccessDeniedException(file, null, "no permission to " + verb + " it");
        }
        if (Errno.ENOSPC.is(result) || Errno.EDQUOT.is(result)) {
            return new NoSpaceException(Errno.text(result) + ": " + path);
        }
        return new IOException("Cannot %s %s: %s".formatted(verb, path, Errno.text(result)));
    }
}
