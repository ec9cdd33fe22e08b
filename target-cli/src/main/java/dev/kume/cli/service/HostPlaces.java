package dev.kume.cli.service;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where Kume's things are on a host by its own custom, unless settings say otherwise.
 *
 * @param settings {@code kume.yaml}
 * @param state    the state directory
 * @param disks    where new disks go
 * @param socket   of the management
 */
public record HostPlaces(Path settings, Path state, Path disks, Path socket) {
    /** Those of this host. */
    public static final HostPlaces OF_THIS_HOST = of(isWindows(), System.getenv());

    /** Whether this host is Windows. */
    public static boolean isWindows() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    }

    static HostPlaces of(boolean windows, Map<String, String> variables) {
        if (!windows) {
            Path state = Path.of("/var/lib/kume").toAbsolutePath();
            return new HostPlaces(
                    Path.of("/etc/kume/kume.yaml"),
                    state,
                    state.resolve("disks"),
                    Path.of("/run/kume/admin.sock").toAbsolutePath());
        }
        Path data = data(variables);
        return new HostPlaces(
                data.resolve("kume.yaml"),
                data.resolve("state"),
                data.resolve("disks"),
                data.resolve("run").resolve("admin.sock"));
    }

    /** The folder of all of it on Windows. */
    static Path data(Map<String, String> variables) {
        // Windows takes the names of variables in any case, and some shells write them in capitals.
        String programData = variables.entrySet().stream()
                .filter(variable -> variable.getKey().equalsIgnoreCase("ProgramData"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("C:\\ProgramData");
        return Path.of(programData).resolve("Kume");
    }
}
