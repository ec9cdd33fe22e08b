package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PATCH /v1/targets/NAME}. What is null stays; the IQN never changes.
 *
 * @param rename      the new name
 * @param description the new text; empty clears it
 * @param enabled     false: new logins are refused (status 3/01); sessions stay
 */
public record TargetSet(
        @Nullable String rename,
        @Nullable String description,
        @Nullable Boolean enabled) {}
