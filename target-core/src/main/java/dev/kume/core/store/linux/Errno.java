package dev.kume.core.store.linux;

/** Linux error numbers (the same on x86-64 and AArch64) that files meet, and their words. */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    EINTR(4, "Interrupted system call"),
    EIO(5, "Input/output error"),
    ENXIO(6, "No such device or address"),
    EAGAIN(11, "Resource temporarily unavailable"),
    EACCES(13, "Permission denied"),
    EEXIST(17, "File exists"),
    EXDEV(18, "Not on one file system"),
    ENODEV(19, "No such device"),
    ENOTDIR(20, "Not a directory"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENFILE(23, "Too many open files in the system"),
    EMFILE(24, "Too many open files"),
    ENOTTY(25, "No such control of this file"),
    ETXTBSY(26, "Text file busy"),
    EFBIG(27, "File too large for the file system"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    ENAMETOOLONG(36, "File name too long"),
    ENOLCK(37, "No locks available"),
    ENOSYS(38, "Function not implemented"),
    ELOOP(40, "Too many levels of symbolic links"),
    EOPNOTSUPP(95, "Operation not supported"),
    ECONNREFUSED(111, "Nobody listens there"),
    ESTALE(116, "Stale file handle"),
    EDQUOT(122, "Disk quota exceeded");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    /** True when a call's result is this error. Calls return {@code -errno}. */
    public boolean is(long result) {
        return result == -number;
    }

    /** The words for a failed call's result. */
    public static String text(long result) {
        for (Errno errno : values()) {
            if (errno.is(result)) {
                return errno.text;
            }
        }
        return "Error " + -result;
    }
}
