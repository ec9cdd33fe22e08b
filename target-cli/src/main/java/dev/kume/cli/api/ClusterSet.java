package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/clusters/NAME}; what is null stays.
 *
 * @param rename      a new name; nodes, disks and targets keep theirs
 * @param description free text
 */
public record ClusterSet(@Nullable String rename, @Nullable String description) {}
