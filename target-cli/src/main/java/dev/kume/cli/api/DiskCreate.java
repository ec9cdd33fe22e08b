package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks}. What is null gets its default.
 *
 * @param name         required: letters, digits, {@code . _ -}, at most 63
 * @param size         required: {@code 30GB}, {@code 30720MB} or bytes, see {@link dev.kume.core.Sizes}
 * @param file         absolute path on the server; default: the disk directory of the daemon
 * @param format       {@code vhd} (default) or {@code raw}
 * @param type         {@code fixed} (default)
 * @param sparse       true: space is taken as it is written; default false: reserved at once
 * @param sharing      {@code exclusive} (default), {@code cluster} or {@code read-only}
 * @param sectorFormat {@code 512e} (default), {@code 512n} or {@code 4kn}
 * @param description  free text
 */
public record DiskCreate(
        @Nullable String name,
        @Nullable String size,
        @Nullable String file,
        @Nullable String format,
        @Nullable String type,
        @Nullable Boolean sparse,
        @Nullable String sharing,
        @Nullable String sectorFormat,
        @Nullable String description) {}
