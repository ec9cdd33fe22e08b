package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/import}: an existing file becomes a disk where it lies; not a byte of it changes.
 *
 * @param name         required
 * @param file         required: absolute path on the server
 * @param format       {@code vhd} or {@code raw}; default: what the file's signature says
 * @param sharing      {@code exclusive} (default), {@code cluster} or {@code read-only}
 * @param sectorFormat {@code 512e} (default), {@code 512n} or {@code 4kn}
 * @param description  free text
 */
public record DiskImport(
        @Nullable String name,
        @Nullable String file,
        @Nullable String format,
        @Nullable String sharing,
        @Nullable String sectorFormat,
        @Nullable String description) {}
