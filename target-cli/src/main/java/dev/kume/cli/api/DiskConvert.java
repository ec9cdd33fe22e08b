package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/convert}: the disk gets another file of the same content, while it is used. What
 * is null stays as it is.
 *
 * @param format      {@code vhd}, {@code vhdx} or {@code raw}
 * @param type        {@code fixed} or {@code dynamic}; a differencing disk becomes dynamic unless it is said
 * @param sparse      of a fixed disk. True: space is taken as it is written; false (default): reserved at once
 * @param blockSizeMb the unit in which a dynamic disk grows; default: what the format suggests
 * @param file        absolute path of the new file on the server; default: beside the old one
 * @param keepSource  true: the old file stays; default false: it is removed in the end
 */
public record DiskConvert(
        @Nullable String format,
        @Nullable String type,
        @Nullable Boolean sparse,
        @Nullable Integer blockSizeMb,
        @Nullable String file,
        @Nullable Boolean keepSource) {}
