package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/snapshots}, and of {@code POST /v1/disks/NAME/snapshots}, where the disk is in the path. All
 * disks of one request are taken at one moment, or none.
 *
 * @param disks       names of disks
 * @param target      a target: all disks that it maps, with {@code cluster} those that are shared by a cluster
 * @param cluster     true: all disks whose sharing is {@code cluster}; where there are several clusters, {@code
 *     ofCluster} is needed
 * @param ofCluster   a cluster: all its disks
 * @param name        of the snapshots, one name for all; their time when left out
 * @param description free text
 */
public record SnapshotCreate(
        @Nullable List<String> disks,
        @Nullable String target,
        @Nullable Boolean cluster,
        @Nullable String ofCluster,
        @Nullable String name,
        @Nullable String description) {}
