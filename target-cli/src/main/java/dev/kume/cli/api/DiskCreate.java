package dev.kume.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/disks}. What is null gets its default.
 *
 * @param name         required: letters, digits, {@code . _ -}, at most 63
 * @param size         {@code 30GB}, {@code 30720MB} or bytes, see {@link dev.kume.core.Sizes}; required but for a
 *     differencing disk, which has its parent's
 * @param file         absolute path on the server; default: the disk directory of the daemon
 * @param format       {@code vhd} (default), {@code vhdx} or {@code raw}; a differencing disk has its parent's
 * @param type         {@code fixed} (default), {@code dynamic} or {@code differencing} (default with a parent)
 * @param sparse       true: space is taken as it is written; default false: reserved at once
 * @param parent       the disk that a differencing one is a child of; it is read-only
 * @param blockSizeMb  MiB in which a file takes space, a power of two; default: what the format suggests
 * @param sharing      {@code exclusive} (default), {@code cluster} or {@code read-only}
 * @param sectorFormat {@code 512e} (default), {@code 512n} or {@code 4kn}; or in its place the next two
 * @param blockSize    bytes that an LBA counts: 512 (default) or 4096
 * @param physicalBlockSize bytes that a write should be aligned to: 512 or 4096 (default)
 * @param writeCache   false: writes are durable before they are answered, until an initiator says otherwise
 * @param rotation     {@code ssd} (default), or revolutions per minute
 * @param vendor       VENDOR IDENTIFICATION, at most 8 characters of ASCII
 * @param product      PRODUCT IDENTIFICATION, at most 16 characters of ASCII
 * @param description  free text
 */
public record DiskCreate(
        @Nullable String name,
        @Nullable String size,
        @Nullable String file,
        @Nullable String format,
        @Nullable String type,
        @Nullable Boolean sparse,
        @Nullable String parent,
        @Nullable Integer blockSizeMb,
        @Nullable String sharing,
        @Nullable String sectorFormat,
        @Nullable Integer blockSize,
        @Nullable Integer physicalBlockSize,
        @Nullable Boolean writeCache,
        @Nullable String rotation,
        @Nullable String vendor,
        @Nullable String product,
        @Nullable String description) {}
