package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/mappings}.
 *
 * @param disk   required: the disk's name
 * @param target required: the target's name
 * @param lun    default: the lowest that is free
 * @param readOnly true when nobody may write the disk through this target; default false
 */
public record MappingCreate(
        @Nullable String disk,
        @Nullable String target,
        @Nullable Integer lun,
        @Nullable Boolean readOnly) {}
