package dev.kume.cli.service;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is written for a service of Windows: its first settings and its command line. */
final class WindowsSettings {
    /** The same as in {@code bin\kume.bat}; and no signals, which are not for services. */
    static final List<String> JAVA_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xms64m",
            "-Xmx256m",
            "-XX:MaxDirectMemorySize=2g",
            "-Xrs",
            "-Dkume.service=true",
            "--enable-native-access=dev.kume.core,io.netty.common,io.netty.transport.unix.common,"
                    + "io.netty.transport.classes.epoll");

    private WindowsSettings() {}

    /**
     * The settings of the distribution with the places of Windows, and with the address that initiators use.
     *
     * @param address null for all
     */
    static String yaml(String template, HostPlaces places, @Nullable String address) {
        String yaml = replaced(template, "stateDirectory: /var/lib/kume", "stateDirectory: " + word(places.state()));
        yaml = replaced(yaml, "# diskDirectory: /srv/kume", "diskDirectory: " + word(places.disks()));
        yaml = replaced(yaml, "socket: /run/kume/admin.sock", "socket: " + word(places.socket()));
        Path log = Objects.requireNonNull(places.settings().getParent())
                .resolve("log")
                .resolve("kume.log");
        yaml = replaced(yaml, "# file: /var/log/kume/kume.log", "file: " + word(log));
        return address == null ? yaml : replaced(yaml, "\"0.0.0.0:3260\"", "\"%s:3260\"".formatted(bracketed(address)));
    }

    private static String replaced(String yaml, String line, String other) {
        if (!yaml.contains(line)) {
            throw new CliException(
                    ExitCode.FAILED,
                    "config/kume.yaml of this copy has no line '%s'; unpack Kume again".formatted(line));
        }
        return yaml.replace(line, other);
    }

    /** In single quotes a backslash is one. */
    private static String word(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    /** What Windows starts: Java itself, for the process that it starts has to be the one that answers. */
    static String commandLine(Path java, Path home) {
        StringBuilder line = new StringBuilder(quoted(java.toString()));
        JAVA_OPTIONS.forEach(option -> line.append(' ').append(option));
        line.append(' ').append(quoted("-Dkume.home=" + home));
        line.append(" --module-path ").append(quoted(home.resolve("lib").toString()));
        line.append(" --add-modules ALL-MODULE-PATH --module dev.kume.cli/dev.kume.cli.Main service run");
        return line.toString();
    }

    private static String quoted(String word) {
        return "\"" + word + "\"";
    }
}
