package dev.kume.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What kind of file a disk is written into. */
final class ImageOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "The new file's format: ${COMPLETION-CANDIDATES} (default: as the disk's).")
    private @Nullable Format format;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "How it holds its blocks: ${COMPLETION-CANDIDATES} (default: as the disk's).")
    private @Nullable Type type;

    @Option(
            names = "--sparse",
            description = "Of a fixed one: take space as it is written instead of reserving it now.")
    private boolean sparse;

    @Option(
            names = "--block-size-mb",
            paramLabel = "MB",
            description = "The unit in which a dynamic one grows (default: 2 of a VHD, 32 of a VHDX).")
    private @Nullable Integer blockSizeMb;

    @Nullable
    String format() {
        return Words.of(format);
    }

    @Nullable
    String type() {
        return Words.of(type);
    }

    /** Null when nothing was said. */
    @Nullable
    Boolean sparse() {
        return sparse ? Boolean.TRUE : null;
    }

    @Nullable
    Integer blockSizeMb() {
        return blockSizeMb;
    }
}
