package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/service/drain}.
 *
 * @param timeoutSeconds how long initiators have to log out, from 1 to {@value #SECONDS_MAX}; null for
 *     {@value #SECONDS_DEFAULT}
 */
public record DrainStart(@Nullable Integer timeoutSeconds) {
    public static final int SECONDS_DEFAULT = 60;
    public static final int SECONDS_MAX = 3_600;
}
