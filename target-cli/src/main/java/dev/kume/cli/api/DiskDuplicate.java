package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/copy}: another disk of the same content and with an identity of its own. What is
 * null is as of the disk that is copied; the copy of a read-only disk is exclusive.
 *
 * @param name        required: of the new disk
 * @param format      {@code vhd}, {@code vhdx} or {@code raw}
 * @param type        {@code fixed} or {@code dynamic}
 * @param sparse      of a fixed disk. True: space is taken as it is written; false (default): reserved at once
 * @param blockSizeMb the unit in which a dynamic disk grows; default: what the format suggests
 * @param file        absolute path on the server; default: the disk directory of the daemon
 * @param description free text; default: none
 */
public record DiskDuplicate(
        @Nullable String name,
        @Nullable String format,
        @Nullable String type,
        @Nullable Boolean sparse,
        @Nullable Integer blockSizeMb,
        @Nullable String file,
        @Nullable String description) {}
