package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/clone}.
 *
 * @param name        required: of the new disk
 * @param snapshot    what it is a clone of; a new snapshot when left out
 * @param file        where its file goes on the server; beside the disk's when left out
 * @param description free text
 */
public record DiskClone(
        @Nullable String name,
        @Nullable String snapshot,
        @Nullable String file,
        @Nullable String description) {}
