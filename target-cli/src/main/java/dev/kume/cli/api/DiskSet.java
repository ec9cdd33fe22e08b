package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/disks/NAME}. What is null stays.
 *
 * @param rename      the new name
 * @param sharing     {@code exclusive}, {@code cluster} or {@code read-only}
 * @param description the new text; empty clears it
 */
public record DiskSet(
        @Nullable String rename,
        @Nullable String sharing,
        @Nullable String description) {}
