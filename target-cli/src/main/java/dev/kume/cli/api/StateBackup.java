package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/state/backup}.
 *
 * @param file        required: where the backup goes, an absolute path on the daemon's host
 * @param withSecrets true to take secrets of CHAP, tokens and the key of the API along; null for not
 * @param force       true to replace a file that is there; null for not
 */
public record StateBackup(
        @Nullable String file,
        @Nullable Boolean withSecrets,
        @Nullable Boolean force) {}
