package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/snapshots/SNAPSHOT/mount}.
 *
 * @param name        required: of the new disk
 * @param writable    true: a clone in a file of its own; else the disk is read-only
 * @param file        where a clone's file goes on the server; beside the snapshot's when left out
 * @param description free text
 */
public record SnapshotMount(
        @Nullable String name,
        @Nullable Boolean writable,
        @Nullable String file,
        @Nullable String description) {}
