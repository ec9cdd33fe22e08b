package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The region table ([MS-VHDX] 2.2.3), of which a file has two copies.
 *
 * <pre>
 *   0  signature "regi"      8  entry count, at most 2047
 *   4  checksum, CRC-32C    12  reserved
 *  16  entries of 32 bytes: guid(16) file offset(8) length(4) required(4)
 * </pre>
 *
 * <p>Regions that are unknown and not required stay as they are.
 */
record RegionTable(List<Region> regions) {
    static final int BYTES = 64 << 10;
    static final long[] OFFSETS = {192 << 10, 256 << 10};

    private static final int SIGNATURE_VALUE = 0x6967_6572; // "regi"
    private static final int ENTRY_COUNT = 8;
    private static final int ENTRIES = 16;
    private static final int ENTRY_BYTES = 32;
    private static final int ENTRY_COUNT_MAX = 2047;
    private static final int FILE_OFFSET = 16;
    private static final int LENGTH = 24;
    private static final int REQUIRED = 28;

    RegionTable {
        regions = List.copyOf(regions);
    }

    /** Reads the first sound copy and checks it. */
    static RegionTable read(BackingStore store) throws IOException {
        for (long offset : OFFSETS) {
            ByteBuffer bytes = Bytes.read(store, offset, BYTES);
            if (isSound(bytes)) {
                return parse(store, bytes);
            }
        }
        throw Bytes.damaged(
                store,
                "neither region table, at offset %d and %d, has its signature and checksum"
                        .formatted(OFFSETS[0], OFFSETS[1]));
    }

    static boolean isSound(ByteBuffer bytes) {
        return bytes.getInt(0) == SIGNATURE_VALUE && Checksum.isRight(bytes);
    }

    private static RegionTable parse(BackingStore store, ByteBuffer bytes) throws DiskFormatException {
        long count = Integer.toUnsignedLong(bytes.getInt(ENTRY_COUNT));
        if (count > ENTRY_COUNT_MAX) {
            throw Bytes.damaged(
                    store, "the region table's entry count %d is more than %d".formatted(count, ENTRY_COUNT_MAX));
        }
        List<Region> regions = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int at = ENTRIES + i * ENTRY_BYTES;
            Region region = parseEntry(store, bytes, at, i);
            if (!seen.add(region.id())) {
                throw Bytes.damaged(store, "the region table has the region %s twice".formatted(region.id()));
            }
            regions.add(region);
        }
        RegionTable table = new RegionTable(regions);
        table.require(store, Region.BAT);
        table.require(store, Region.METADATA);
        return table;
    }

    private static Region parseEntry(BackingStore store, ByteBuffer bytes, int at, int index)
            throws DiskFormatException {
        int flags = bytes.getInt(at + REQUIRED);
        Region region = new Region(
                Guid.get(bytes, at),
                bytes.getLong(at + FILE_OFFSET),
                Integer.toUnsignedLong(bytes.getInt(at + LENGTH)),
                (flags & 1) != 0);
        if ((flags & ~1) != 0) {
            throw Bytes.damaged(
                    store,
                    "region table entry %d (%s): reserved bits are set, %08X".formatted(index, region.id(), flags));
        }
        if (region.required() && !region.isKnown()) {
            throw new DiskFormatException(
                    "%s: the file needs the region %s, which Kume does not know; open it with what made it"
                            .formatted(store.location(), region.id()));
        }
        long offset = region.offsetBytes();
        if (offset < VhdxHeaders.SECTION_BYTES || !Bytes.isAligned(offset, Bytes.MIB)) {
            throw Bytes.damaged(
                    store,
                    "%s: its offset %d is not a multiple of 1 MB, at least 1 MB".formatted(region.words(), offset));
        }
        if (!Bytes.isAligned(region.lengthBytes(), Bytes.MIB) || region.lengthBytes() == 0) {
            throw Bytes.damaged(
                    store,
                    "%s: its length %d is not a multiple of 1 MB".formatted(region.words(), region.lengthBytes()));
        }
        if (offset > store.sizeBytes() - region.lengthBytes()) {
            throw Bytes.damaged(
                    store,
                    "%s: %d bytes at offset %d lie beyond the end of the file at %d"
                            .formatted(region.words(), region.lengthBytes(), offset, store.sizeBytes()));
        }
        return region;
    }

    private void require(BackingStore store, UUID id) throws DiskFormatException {
        if (regions.stream().noneMatch(region -> region.id().equals(id))) {
            throw Bytes.damaged(store, "the region table has no entry for the region " + id);
        }
    }

    /** One of the regions that every file has. */
    Region region(UUID id) {
        return regions.stream()
                .filter(region -> region.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** The same with the region of that purpose in another place. */
    RegionTable with(Region moved) {
        return new RegionTable(regions.stream()
                .map(region -> region.id().equals(moved.id()) ? moved : region)
                .toList());
    }

    ByteBuffer encode() {
        ByteBuffer bytes = Bytes.allocate(BYTES);
        bytes.putInt(0, SIGNATURE_VALUE);
        bytes.putInt(ENTRY_COUNT, regions.size());
        for (int i = 0; i < regions.size(); i++) {
            Region region = regions.get(i);
            int at = ENTRIES + i * ENTRY_BYTES;
            Guid.put(bytes, at, region.id());
            bytes.putLong(at + FILE_OFFSET, region.offsetBytes());
            bytes.putInt(at + LENGTH, (int) region.lengthBytes());
            bytes.putInt(at + REQUIRED, region.required() ? 1 : 0);
        }
        Checksum.put(bytes);
        return bytes;
    }
}
