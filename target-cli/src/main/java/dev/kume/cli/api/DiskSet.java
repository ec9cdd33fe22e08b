package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/disks/NAME}. What is null stays.
 *
 * @param rename      the new name
 * @param sharing     {@code exclusive}, {@code cluster} or {@code read-only}
 * @param description the new text; empty clears it
 * @param writeCache  false: writes are durable before they are answered, from now on
 * @param rotation    {@code ssd}, or revolutions per minute
 * @param vendor      VENDOR IDENTIFICATION; stays while an initiator is connected
 * @param product     PRODUCT IDENTIFICATION; stays while an initiator is connected
 */
public record DiskSet(
        @Nullable String rename,
        @Nullable String sharing,
        @Nullable String description,
        @Nullable Boolean writeCache,
        @Nullable String rotation,
        @Nullable String vendor,
        @Nullable String product) {}
