package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * A disk for a cluster: in the body of {@code POST /v1/clusters}, and that of {@code PUT
 * /v1/clusters/NAME/disks/DISK}, where its name is in the path.
 *
 * @param name        required
 * @param role        {@code witness}, {@code data} (default) or {@code csv}
 * @param lun         its number in the targets of all nodes; default: the lowest that is free in all
 * @param size        of a disk that is made; null: the disk is there, and what follows is null too
 * @param file        absolute path on the server; default: the disk directory of the daemon
 * @param format      {@code vhd} (default), {@code vhdx} or {@code raw}
 * @param type        {@code fixed} (default) or {@code dynamic}
 * @param sparse      true: space is taken as it is written
 */
public record ClusterDiskAdd(
        @Nullable String name,
        @Nullable String role,
        @Nullable Integer lun,
        @Nullable String size,
        @Nullable String file,
        @Nullable String format,
        @Nullable String type,
        @Nullable Boolean sparse) {}
