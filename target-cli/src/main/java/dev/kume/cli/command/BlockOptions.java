package dev.kume.cli.command;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The blocks of a disk that is made, in one word or in two numbers. */
final class BlockOptions {
    @Option(
            names = "--sectors",
            paramLabel = "SECTORS",
            description = "Block sizes that initiators see: ${COMPLETION-CANDIDATES} (default: 512e).")
    private @Nullable Sectors sectors;

    @Option(
            names = "--block-size",
            paramLabel = "BYTES",
            description = "What an LBA counts: 512 or 4096 (default: 512); a VHD has 512.")
    private @Nullable Integer blockSize;

    @Option(
            names = "--physical-block-size",
            paramLabel = "BYTES",
            description = "What a write should be aligned to: 512 or 4096 (default: 4096).")
    private @Nullable Integer physicalBlockSize;

    /** Refuses what says the same thing twice. */
    void check() {
        if (sectors != null && (blockSize != null || physicalBlockSize != null)) {
            throw new CliException(
                    ExitCode.USAGE, "--sectors does not go together with --block-size or --physical-block-size");
        }
    }

    @Nullable
    String sectorFormat() {
        return Words.of(sectors);
    }

    @Nullable
    Integer blockSize() {
        return blockSize;
    }

    @Nullable
    Integer physicalBlockSize() {
        return physicalBlockSize;
    }
}
