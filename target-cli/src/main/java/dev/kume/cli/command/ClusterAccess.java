package dev.kume.cli.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the targets of a cluster's nodes ask of them. */
final class ClusterAccess {
    @Option(
            names = "--chap",
            paramLabel = "CRED",
            description = "A credential that nodes must know; may be given several times, then any of them will do.")
    private List<String> chap = new ArrayList<>();

    @Option(
            names = "--mutual",
            paramLabel = "CRED",
            description = "The credential by which the targets prove themselves to nodes that ask for it.")
    private @Nullable String mutual;

    @Option(
            names = "--portal",
            paramLabel = "PORTAL",
            description = "A portal through which the targets are seen; may be given several times (default: all).")
    private List<String> portals = new ArrayList<>();

    /** Null when nothing was said. */
    @Nullable
    List<String> chap() {
        return chap.isEmpty() ? null : List.copyOf(chap);
    }

    @Nullable
    String mutual() {
        return mutual;
    }

    /** Null when nothing was said. */
    @Nullable
    List<String> portals() {
        return portals.isEmpty() ? null : List.copyOf(portals);
    }
}
