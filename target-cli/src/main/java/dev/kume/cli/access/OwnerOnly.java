package dev.kume.cli.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Looks whether a file is open to others. Windows has no modes: there the access list of the folder must do. */
public final class OwnerOnly {
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");
    private static final Set<PosixFilePermission> STRANGERS = PosixFilePermissions.fromString("----wxrwx");

    private static final Path PROCESS = Path.of("/proc/self");
    private static final Integer ROOT = 0;

    private OwnerOnly() {}

    /** Who owns the file, when that is neither the user of this process nor root, who may do everything; else empty. */
    public static String otherOwner(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix") || !Files.exists(PROCESS)) {
            return "";
        }
        Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return owner.equals(ROOT) || owner.equals(Files.getAttribute(PROCESS, "unix:uid"))
                ? ""
                : Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
    }

    /** The mode of the file, as in {@code 0644}, when others than its owner may do anything with it; else empty. */
    public static String othersMay(Path file) throws IOException {
        return modeIfAny(file, OTHERS);
    }

    /** As {@link #othersMay}, but the group of the file may read it: a key that root owns is lent in that way. */
    public static String strangersMay(Path file) throws IOException {
        return modeIfAny(file, STRANGERS);
    }

    private static String modeIfAny(Path file, Set<PosixFilePermission> unwanted) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return "";
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        return mode.stream().anyMatch(unwanted::contains) ? octal(mode) : "";
    }

    private static String octal(Set<PosixFilePermission> mode) {
        int bits = 0;
        for (PosixFilePermission permission : mode) {
            bits |= 0400 >> permission.ordinal();
        }
        return "%04o".formatted(bits);
    }
}
