package dev.kume.cli.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which boot of the host this is, so that a power loss is told from a start of the daemon: on Linux the kernel's random
 * boot id. Elsewhere it cannot be told without native calls; then nothing counts as a power loss, and registrations
 * with APTPL 0 live longer than they need.
 */
final class BootId {
    /** It cannot be told. */
    static final String UNKNOWN = "";

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    static String ofThisHost() {
        return read(LINUX);
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
