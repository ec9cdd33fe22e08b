package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks/import}: an existing file becomes a disk where it lies, and its parents the disk's
 * snapshots; none of its data changes.
 *
 * @param name         required
 * @param file         required: absolute path on the server
 * @param format       {@code vhd}, {@code vhdx} or {@code raw}; default: what the file's signature says
 * @param sharing      {@code exclusive} (default), {@code cluster} or {@code read-only}
 * @param newIdentity  true: the file is a copy, and is given a unique id of its own
 * @param trustParent  true: a parent is taken that was written after its child was made
 * @param sectorFormat {@code 512e}, {@code 512n} or {@code 4kn}; or in its place the next two; default: what the file
 *     says, else {@code 512e}
 * @param blockSize    bytes that an LBA counts: 512 (default) or 4096
 * @param physicalBlockSize bytes that a write should be aligned to: 512 or 4096 (default)
 * @param writeCache   false: writes are durable before they are answered, until an initiator says otherwise
 * @param rotation     {@code ssd} (default), or revolutions per minute
 * @param vendor       VENDOR IDENTIFICATION, at most 8 characters of ASCII
 * @param product      PRODUCT IDENTIFICATION, at most 16 characters of ASCII
 * @param description  free text
 */
public record DiskImport(
        @Nullable String name,
        @Nullable String file,
        @Nullable String format,
        @Nullable String sharing,
        @Nullable Boolean newIdentity,
        @Nullable Boolean trustParent,
        @Nullable String sectorFormat,
        @Nullable Integer blockSize,
        @Nullable Integer physicalBlockSize,
        @Nullable Boolean writeCache,
        @Nullable String rotation,
        @Nullable String vendor,
        @Nullable String product,
        @Nullable String description) {}
