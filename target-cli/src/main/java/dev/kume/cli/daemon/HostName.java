package dev.kume.cli.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The name of this host, for IQNs: its first label. Asked of the kernel where that is possible, not of a name server.
 */
final class HostName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    static String ofThisHost() {
        String name = fullName();
        int dot = name.indexOf('.');
        String label = dot > 0 ? name.substring(0, dot) : name;
        return label.isBlank() ? "localhost" : label;
    }

    private static String fullName() {
        try {
            if (Files.exists(KERNEL)) {
                return Files.readString(KERNEL).strip();
            }
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
