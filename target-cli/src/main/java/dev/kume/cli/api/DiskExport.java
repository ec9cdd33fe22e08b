package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/export}: a file of the same content, that is no disk of the daemon. What is null
 * is as of the disk.
 *
 * @param file        required: absolute path on the server; nothing is there
 * @param format      {@code vhd}, {@code vhdx} or {@code raw}
 * @param type        {@code fixed} or {@code dynamic}
 * @param sparse      of a fixed disk. True: a file with holes, which Windows attaches as no VHD; default false
 * @param blockSizeMb the unit in which a dynamic disk grows; default: what the format suggests
 */
public record DiskExport(
        @Nullable String file,
        @Nullable String format,
        @Nullable String type,
        @Nullable Boolean sparse,
        @Nullable Integer blockSizeMb) {}
