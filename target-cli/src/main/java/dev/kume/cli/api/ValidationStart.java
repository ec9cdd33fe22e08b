package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Begins the validation of a cluster.
 *
 * @param disk     the one to validate; null: all of the cluster
 * @param realTime true: owners defend and challengers wait as long as those of Windows
 */
public record ValidationStart(
        @Nullable String disk, @Nullable Boolean realTime) {}
