package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/resize}.
 *
 * @param size required: the new size, larger than the disk is, see {@link dev.kume.core.Sizes}
 */
public record DiskResize(@Nullable String size) {}
