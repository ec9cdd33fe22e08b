package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may have a disk at once, and whether anybody may write it. */
final class SharingOptions {
    @Option(
            names = "--sharing",
            paramLabel = "SHARING",
            description = "Who may have it at once: ${COMPLETION-CANDIDATES} (default: exclusive).")
    private @Nullable Sharing sharing;

    @Option(names = "--read-only", description = "Nobody may write it, everybody may have it: --sharing read-only.")
    private boolean readOnly;

    /** The word of the API, null when nothing was said. */
    @Nullable
    String word() {
        if (!readOnly) {
            return Words.of(sharing);
        }
        if (sharing != null && sharing != Sharing.READ_ONLY) {
            throw new CliException(ExitCode.USAGE, "--read-only does not go together with --sharing " + sharing);
        }
        return Sharing.READ_ONLY.toString();
    }
}
