package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** The place of the management socket: a directory that nobody else can enter, and nothing stale in it. */
final class AdminSocket {
    /** Linux has 108 bytes for the path of a socket, macOS 104, both with a final NUL. */
    static final int PATH_BYTES_MAX = 100;

    private AdminSocket() {}

    /**
     * Makes the way free for a bind. Only under the lock of the state directory: of two daemons with one socket path,
     * the second one finds the first one answering.
     */
    static void prepare(Path socket) throws DaemonException {
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > PATH_BYTES_MAX) {
            throw DaemonException.usage(
                    "the path of the management socket %s has %d bytes, and systems take at most %d; set a shorter admin.socket"
                            .formatted(socket, bytes, PATH_BYTES_MAX));
        }
        Path directory = Objects.requireNonNull(socket.getParent());
        try {
            StateDirectory.create(directory);
            checkClosedToOthers(directory);
            removeStale(socket);
        } catch (IOException e) {
            throw DaemonException.failed(
                    "the management socket %s cannot be made: %s; give its directory to the user of the daemon, or set admin.socket"
                            .formatted(socket, Causes.of(e)));
        }
    }

    /** The socket itself, too, is for its owner alone. */
    static void close(Path socket) throws IOException {
        if (socket.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void checkClosedToOthers(Path directory) throws IOException, DaemonException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // Windows: what a user makes in his own folders is his alone.
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (permissions.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
            throw DaemonException.usage(
                    "the directory %s of the management socket is open to others (%s), who could then manage the daemon; run 'chmod 700 %s', or set admin.socket"
                            .formatted(directory, PosixFilePermissions.toString(permissions), directory));
        }
    }

    private static void removeStale(Path socket) throws IOException, DaemonException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean file = Files.isRegularFile(socket, LinkOption.NOFOLLOW_LINKS) && !isWindows(socket);
        if (file || Files.isDirectory(socket)) {
            throw DaemonException.usage(
                    "%s exists and is no socket, so it is left alone; move it away, or set admin.socket"
                            .formatted(socket));
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            Files.deleteIfExists(socket); // Nobody answers: a daemon that was killed has left it.
            return;
        }
        throw DaemonException.busy(
                "another daemon answers on the management socket %s; stop that one first, or set admin.socket"
                        .formatted(socket));
    }

    /** On Windows a socket looks like a file. */
    private static boolean isWindows(Path path) {
        return !path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
