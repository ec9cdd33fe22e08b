package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/mappings/DISK/TARGET}.
 *
 * @param readOnly required: true when nobody may write the disk through this target from now on
 */
public record MappingSet(@Nullable Boolean readOnly) {}
