package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How initiators prove themselves, where that can be changed. */
final class ChapOptions {
    @Option(
            names = "--chap",
            paramLabel = "CRED",
            description =
                    "A credential that initiators must know from their next login on; may be given several times, then"
                            + " any of them will do. Sessions that are there stay.")
    private List<String> chap = new ArrayList<>();

    @Option(names = "--no-chap", description = "Ask for no proof, neither way.")
    private boolean noChap;

    @Option(
            names = "--mutual",
            paramLabel = "CRED",
            description = "The credential by which this side proves itself to initiators that ask for it.")
    private @Nullable String mutual;

    @Option(names = "--no-mutual", description = "This side proves nothing.")
    private boolean noMutual;

    /** Refuses what contradicts itself. */
    void check() {
        if (noChap && !chap.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "--chap and --no-chap contradict each other: give one of them");
        }
        if (noMutual && mutual != null) {
            throw new CliException(ExitCode.USAGE, "--mutual and --no-mutual contradict each other: give one of them");
        }
        if (noChap && mutual != null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--mutual proves this side to initiators that prove themselves: leave --no-chap out");
        }
    }

    boolean given() {
        return noChap || noMutual || mutual != null || !chap.isEmpty();
    }

    /** Null: as before; empty: none. */
    @Nullable
    List<String> chap() {
        return noChap || !chap.isEmpty() ? List.copyOf(chap) : null;
    }

    /** Null: as before; empty: none. */
    @Nullable
    String mutual() {
        return noMutual ? "" : mutual;
    }
}
