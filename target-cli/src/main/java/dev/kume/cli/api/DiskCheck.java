package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/check}, and of {@code POST /v1/disks/check} for a file that is no disk.
 *
 * @param file   absolute path on the server; only of a file that is no disk, and required there
 * @param format of that file; default: what its signature says
 * @param repair true: what can be mended without a loss is; the disk is offline then
 */
public record DiskCheck(
        @Nullable String file,
        @Nullable String format,
        @Nullable Boolean repair) {}
