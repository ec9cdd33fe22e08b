package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/resize}.
 *
 * @param size   required: the new size, see {@link dev.kume.core.Sizes}
 * @param shrink true: smaller than the disk is, of which nothing but zeroes may lie behind the new end; default: larger
 */
public record DiskResize(@Nullable String size, @Nullable Boolean shrink) {}
