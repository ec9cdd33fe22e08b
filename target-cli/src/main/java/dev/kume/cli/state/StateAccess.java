package dev.kume.cli.state;

import dev.kume.cli.files.Causes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose the state directory is, and who may reach into it. Whoever may write there may take every disk, so that is
 * refused; whoever may only read sees names and addresses, which is worth a warning. Secrets have modes of their own.
 */
public final class StateAccess {
    private static final Path PROCESS = Path.of("/proc/self");

    private StateAccess() {}

    /** Refuses a directory that cannot be used, or that others may change; writes nothing. A missing one is well. */
    public static void check(Path state) throws StateException {
        if (!Files.isDirectory(state)) {
            return;
        }
        try {
            if (isPosix(state)) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(state);
                if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                    throw new StateException(
                            "others may write to the state directory %s (%s), and so could take every disk; run 'chmod 700 %s' and look whether all in it is yours"
                                    .formatted(state, PosixFilePermissions.toString(mode), state));
                }
            }
            if (!Files.isWritable(state) || !Files.isReadable(state)) {
                throw new StateException(unusable(state));
            }
        } catch (IOException e) {
            throw new StateException("the state directory %s cannot be looked at: %s; give it to the user of the daemon"
                    .formatted(state, Causes.of(e)));
        }
    }

    private static String unusable(Path state) throws IOException {
        if (Files.getFileStore(state).isReadOnly()) {
            return "the state directory %s is on a read-only file system; mount it for writing, or set stateDirectory"
                    .formatted(state);
        }
        String owner = Files.getOwner(state).getName();
        String user = user();
        return owner.equals(user)
                ? "the daemon may not read and write its state directory %s; run 'chmod 700 %s'".formatted(state, state)
                : "the state directory %s belongs to %s, and the daemon runs as %s; run it as %s, or run "
                        .concat("'chown -R %s %s'")
                        .formatted(state, owner, user, owner, user, state);
    }

    /** What is not right, and does not keep the daemon from serving; null when all is well. */
    public static @Nullable String concern(Path state) throws IOException {
        if (!isPosix(state)) {
            return null;
        }
        String owner = Files.getOwner(state).getName();
        String user = user();
        if (!owner.equals(user)) {
            return ("%s belongs to %s, and the daemon runs as %s: what it writes, %s may not read; run it as %s, or"
                            + " run 'chown -R %s %s'")
                    .formatted(state, owner, user, owner, owner, user, state);
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(state);
        return mode.contains(PosixFilePermission.OTHERS_READ)
                ? "everybody on this host may list the state directory %s (%s); run 'chmod 700 %s'"
                        .formatted(state, PosixFilePermissions.toString(mode), state)
                : null;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static String user() throws IOException {
        return Files.exists(PROCESS)
                ? Files.getOwner(PROCESS).getName()
                : System.getProperty("user.name", "another user");
    }
}
