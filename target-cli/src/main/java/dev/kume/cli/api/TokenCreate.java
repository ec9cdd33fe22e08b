package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/tokens}.
 *
 * @param name           required: a letter or digit, then letters, digits, {@code . _ -}, at most 63
 * @param role           required: {@code read} or {@code admin}
 * @param expiresSeconds after which it ends by itself; null for never
 */
public record TokenCreate(
        @Nullable String name,
        @Nullable String role,
        @Nullable Long expiresSeconds) {}
