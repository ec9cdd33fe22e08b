package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/NAME/snapshots/remove}.
 *
 * @param names the snapshots that go; null or empty goes on with those that are being removed already
 */
public record SnapshotRemove(@Nullable List<String> names) {}
