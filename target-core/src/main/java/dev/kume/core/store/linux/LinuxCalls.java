package dev.kume.core.store.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * File calls of the C library, one method each: same name, same order of arguments, same constants as in the manual. A
 * result below zero is {@code -errno}. Buffers are direct; the bytes from position to limit count, the position stays.
 *
 * <p>Only {@link #preadv2Nowait} and {@link #preadMemory} are critical calls, which hold up a safepoint: they cannot
 * wait for a device. Loading this class needs native access and glibc 2.28 (or a C library with the same calls).
 */
@SuppressWarnings("restricted")
public final class LinuxCalls {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;

    public static final int FALLOC_FL_KEEP_SIZE = 0x01;
    public static final int FALLOC_FL_PUNCH_HOLE = 0x02;
    public static final int FALLOC_FL_ZERO_RANGE = 0x10;

    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    public static final short F_RDLCK = 0;
    public static final short F_WRLCK = 1;

    private static final int F_OFD_SETLK = 37;
    private static final long FICLONERANGE = 0x4020_940DL;
    private static final int CLONE_RANGE_BYTES = 32;
    private static final int CLONE_SOURCE_OFFSET = 8;
    private static final int CLONE_SOURCE_LENGTH = 16;
    private static final int CLONE_TARGET_OFFSET = 24;
    private static final int RWF_NOWAIT = 0x08;
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int RENAME_NOREPLACE = 1;
    private static final int STATX_BASIC_STATS = 0x7FF;
    private static final int STATX_BYTES = 256;
    private static final int STATX_PREFERRED_BYTES = 4;
    private static final int STATX_MODE = 28;
    private static final int STATX_SIZE = 40;
    private static final int STATX_BLOCKS = 48;
    private static final int STATX_BLOCK_BYTES = 512;
    private static final int S_IFMT = 0xF000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFDIR = 0x4000;
    private static final int STATFS_BYTES = 256;
    private static final int STATFS_BLOCK_SIZE = 8;
    private static final int STATFS_BLOCKS = 16;
    private static final int STATFS_AVAILABLE = 32;
    private static final int TMPFS_MAGIC = 0x0102_1994;
    private static final int RAMFS_MAGIC = 0x8584_58F6;
    private static final int FLOCK_BYTES = 32;
    private static final int FLOCK_LENGTH = 16;
    private static final int IOV_LEN = 8;

    static final StructLayout STATE = Linker.Option.captureStateLayout();
    static final long ERRNO_OFFSET = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final Linker.Option CRITICAL = Linker.Option.critical(false);

    private static final MethodHandle OPEN =
            call("open", descriptor(ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = call("close", descriptor(JAVA_INT));
    private static final MethodHandle FCNTL =
            call("fcntl", descriptor(JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PREAD = call("pread", wideDescriptor(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PREAD_MEMORY =
            call("pread", wideDescriptor(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle PREADV2 =
            call("preadv2", wideDescriptor(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT), CRITICAL);
    private static final MethodHandle PWRITE = call("pwrite", wideDescriptor(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FDATASYNC = call("fdatasync", descriptor(JAVA_INT));
    private static final MethodHandle FSYNC = call("fsync", descriptor(JAVA_INT));
    private static final MethodHandle FTRUNCATE = call("ftruncate", descriptor(JAVA_INT, JAVA_LONG));
    private static final MethodHandle FALLOCATE =
            call("fallocate", descriptor(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle COPY_FILE_RANGE =
            call("copy_file_range", wideDescriptor(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle IOCTL =
            call("ioctl", descriptor(JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LSEEK = call("lseek", wideDescriptor(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle STATX = call("statx", descriptor(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FSTATFS = call("fstatfs", descriptor(JAVA_INT, ADDRESS));
    private static final MethodHandle RENAMEAT2 =
            call("renameat2", descriptor(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));

    private LinuxCalls() {}

    /** What {@code statx} says of an open file. */
    public record FileStatus(
            boolean regularFile, boolean directory, long sizeBytes, long allocatedBytes, int blockBytes) {}

    /** {@code open(2)}: a descriptor, never inherited by a child process. */
    public static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags | O_CLOEXEC, mode);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code close(2)}: the descriptor is gone, whatever the result says. */
    public static int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) CLOSE.invokeExact(state, fd);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * {@code fcntl(F_OFD_SETLK)} from byte 0 on: a lock of the open file itself. It ends with this descriptor alone,
     * conflicts with a second open of the file in this very process too, and with the POSIX and OFD locks of others.
     *
     * @param type        {@link #F_RDLCK} or {@link #F_WRLCK}
     * @param lengthBytes how far it reaches; 0 is to the end and beyond
     */
    public static int lockOpenFile(int fd, short type, long lengthBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            // struct flock: type, whence (SEEK_SET), start 0, length, pid 0 as OFD locks demand.
            MemorySegment flock = arena.allocate(FLOCK_BYTES, JAVA_LONG.byteAlignment());
            flock.set(ValueLayout.JAVA_SHORT, 0, type);
            flock.set(JAVA_LONG, FLOCK_LENGTH, lengthBytes);
            int result = (int) FCNTL.invokeExact(state, fd, F_OFD_SETLK, flock);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code pread(2)}; may wait for the device. */
    public static long pread(CallScratch scratch, int fd, ByteBuffer target, long offsetBytes) {
        try {
            long count = target.remaining();
            long result =
                    (long) PREAD.invokeExact(scratch.state, fd, MemorySegment.ofBuffer(target), count, offsetBytes);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code pread(2)} of a file whose file system is memory, so that it does not wait for a device. */
    public static long preadMemory(CallScratch scratch, int fd, ByteBuffer target, long offsetBytes) {
        try {
            long count = target.remaining();
            long result = (long)
                    PREAD_MEMORY.invokeExact(scratch.state, fd, MemorySegment.ofBuffer(target), count, offsetBytes);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * {@code preadv2(2)} with RWF_NOWAIT: what the page cache holds, from the offset on; EAGAIN when that is nothing.
     */
    public static long preadv2Nowait(CallScratch scratch, int fd, ByteBuffer target, long offsetBytes) {
        MemorySegment iovec = scratch.iovec;
        MemorySegment bytes = MemorySegment.ofBuffer(target);
        iovec.set(JAVA_LONG, 0, bytes.address());
        iovec.set(JAVA_LONG, IOV_LEN, target.remaining());
        try {
            long result = (long) PREADV2.invokeExact(scratch.state, fd, iovec, 1, offsetBytes, RWF_NOWAIT);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        } finally {
            // The kernel got an address, which keeps nothing alive.
            Reference.reachabilityFence(target);
        }
    }

    /** {@code pwrite(2)}; may write less than asked. */
    public static long pwrite(CallScratch scratch, int fd, ByteBuffer source, long offsetBytes) {
        try {
            long count = source.remaining();
            long result =
                    (long) PWRITE.invokeExact(scratch.state, fd, MemorySegment.ofBuffer(source), count, offsetBytes);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code fdatasync(2)}. */
    public static int fdatasync(CallScratch scratch, int fd) {
        try {
            int result = (int) FDATASYNC.invokeExact(scratch.state, fd);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code fsync(2)}, which directories need. */
    public static int fsync(CallScratch scratch, int fd) {
        try {
            int result = (int) FSYNC.invokeExact(scratch.state, fd);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code ftruncate(2)}. */
    public static int ftruncate(CallScratch scratch, int fd, long sizeBytes) {
        try {
            int result = (int) FTRUNCATE.invokeExact(scratch.state, fd, sizeBytes);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code fallocate(2)}, never emulated: EOPNOTSUPP where the file system has no such thing. */
    public static int fallocate(CallScratch scratch, int fd, int mode, long offsetBytes, long lengthBytes) {
        try {
            int result = (int) FALLOCATE.invokeExact(scratch.state, fd, mode, offsetBytes, lengthBytes);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * {@code lseek(2)} with SEEK_DATA or SEEK_HOLE. It moves the file's position, which nothing here uses. ENXIO: there
     * is no data at or behind the offset.
     */
    public static long lseek(CallScratch scratch, int fd, long offsetBytes, int whence) {
        try {
            long result = (long) LSEEK.invokeExact(scratch.state, fd, offsetBytes, whence);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * {@code copy_file_range(2)}; may copy less than asked. File systems with shared extents (XFS, Btrfs) let both
     * files share the bytes. EXDEV or EOPNOTSUPP where these two files cannot.
     */
    public static long copyFileRange(
            CallScratch scratch, int fromFd, long fromBytes, int toFd, long toBytes, long lengthBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(JAVA_LONG, fromBytes);
            MemorySegment to = arena.allocateFrom(JAVA_LONG, toBytes);
            long result = (long) COPY_FILE_RANGE.invokeExact(scratch.state, fromFd, from, toFd, to, lengthBytes, 0);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * {@code ioctl(FICLONERANGE)}: both files share the extents of the range, until either is written. EOPNOTSUPP or
     * EXDEV where these two files cannot; EINVAL when a bound is no multiple of the file system's block, nor the end.
     */
    public static int cloneRange(
            CallScratch scratch, int fromFd, long fromBytes, int toFd, long toBytes, long lengthBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(CLONE_RANGE_BYTES, JAVA_LONG.byteAlignment());
            range.set(JAVA_LONG, 0, fromFd);
            range.set(JAVA_LONG, CLONE_SOURCE_OFFSET, fromBytes);
            range.set(JAVA_LONG, CLONE_SOURCE_LENGTH, lengthBytes);
            range.set(JAVA_LONG, CLONE_TARGET_OFFSET, toBytes);
            int result = (int) IOCTL.invokeExact(scratch.state, toFd, FICLONERANGE, range);
            return result < 0 ? -scratch.errno() : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code statx(2)} of an open file. */
    public static FileStatus status(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment status = arena.allocate(STATX_BYTES, JAVA_LONG.byteAlignment());
            int result = (int)
                    STATX.invokeExact(state, fd, arena.allocateFrom(""), AT_EMPTY_PATH, STATX_BASIC_STATS, status);
            if (result < 0) {
                throw new AssertionError("statx of an open file: " + Errno.text(-errno(state)));
            }
            int type = status.get(ValueLayout.JAVA_SHORT, STATX_MODE) & S_IFMT;
            return new FileStatus(
                    type == S_IFREG,
                    type == S_IFDIR,
                    status.get(JAVA_LONG, STATX_SIZE),
                    status.get(JAVA_LONG, STATX_BLOCKS) * STATX_BLOCK_BYTES,
                    status.get(JAVA_INT, STATX_PREFERRED_BYTES));
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code fstatfs(2)}: true when the file's bytes live in memory and nowhere else (tmpfs, ramfs). */
    public static boolean inMemory(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment status = arena.allocate(STATFS_BYTES, JAVA_LONG.byteAlignment());
            int result = (int) FSTATFS.invokeExact(state, fd, status);
            int type = (int) status.get(JAVA_LONG, 0);
            return result == 0 && (type == TMPFS_MAGIC || type == RAMFS_MAGIC);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * {@code fstatfs(2)}: the bytes that may still be taken of the file's file system, and all of its bytes; nothing
     * where that cannot be told.
     */
    public static long[] space(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment status = arena.allocate(STATFS_BYTES, JAVA_LONG.byteAlignment());
            if ((int) FSTATFS.invokeExact(state, fd, status) != 0) {
                return new long[0];
            }
            long blockBytes = status.get(JAVA_LONG, STATFS_BLOCK_SIZE);
            return new long[] {
                status.get(JAVA_LONG, STATFS_AVAILABLE) * blockBytes, status.get(JAVA_LONG, STATFS_BLOCKS) * blockBytes
            };
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** {@code renameat2(2)} with RENAME_NOREPLACE: EEXIST when there is anything at {@code to}. */
    public static int renameNoReplace(String from, String to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) RENAMEAT2.invokeExact(
                    state, AT_FDCWD, arena.allocateFrom(from), AT_FDCWD, arena.allocateFrom(to), RENAME_NOREPLACE);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    private static int errno(MemorySegment state) {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static FunctionDescriptor descriptor(ValueLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }

    private static FunctionDescriptor wideDescriptor(ValueLayout... arguments) {
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    private static MethodHandle call(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        MemorySegment function = linker.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(
                        "This system's C library has no " + name + "; Kume needs glibc 2.28 or newer"));
        return linker.downcallHandle(function, descriptor, all);
    }

    /** A foreign call itself throws only when our description of it is wrong, or native access was denied. */
    private static Error broken(Throwable t) {
        if (t instanceof Error error) {
            return error;
        }
        return new AssertionError("a foreign call failed in the Java runtime", t);
    }
}
