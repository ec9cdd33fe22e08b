package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The dynamic disk header, big-endian, 1024 bytes (VHD specification, "Dynamic Disk Header Format").
 *
 * <pre>
 *   0  cookie "cxsparse"              40  parent unique id
 *   8  data offset, all ones          56  parent time stamp, seconds of 2000
 *  16  table offset                   60  reserved
 *  24  header version                 64  parent Unicode name, 512 bytes of UTF-16
 *  28  max table entries             576  eight parent locators of 24 bytes
 *  32  block size, bytes             768  reserved, to the end
 *  36  checksum
 * </pre>
 *
 * @param offsetBytes     where it stands in the file
 * @param bytes           all of it, as in the file
 * @param tableOffset     where the block allocation table begins
 * @param maxTableEntries of that, one for each block
 * @param blockBytes      of data in a block, a power of two
 */
record DynamicHeader(long offsetBytes, ByteBuffer bytes, long tableOffset, int maxTableEntries, long blockBytes) {
    static final int BYTES = 1024;
    static final long BLOCK_BYTES_DEFAULT = 2L << 20;
    /** The smallest block that is made; smaller ones are read. */
    static final long BLOCK_BYTES_MIN_MADE = 512L << 10;

    static final long BLOCK_BYTES_MIN = 4096;
    static final long BLOCK_BYTES_MAX = 256L << 20;
    /** Blocks of a disk that is served: 2040 GiB of 128 KiB each, and what their map takes of memory. */
    static final long BLOCKS_MAX = 1L << 24;

    static final int COOKIE = 0;
    static final int DATA_OFFSET = 8;
    static final int TABLE_OFFSET = 16;
    static final int HEADER_VERSION = 24;
    static final int MAX_TABLE_ENTRIES = 28;
    static final int BLOCK_SIZE = 32;
    static final int CHECKSUM = 36;
    static final int PARENT_UNIQUE_ID = 40;
    static final int PARENT_TIME_STAMP = 56;
    static final int PARENT_UNICODE_NAME = 64;
    static final int PARENT_UNICODE_NAME_BYTES = 512;
    static final int PARENT_LOCATORS = 576;

    private static final long COOKIE_VALUE = 0x6378_7370_6172_7365L; // "cxsparse"
    private static final int VERSION_1_0 = 0x0001_0000;
    private static final int SECTOR_BYTES = 512;

    /** A header that is not in a file yet. */
    static DynamicHeader of(long offsetBytes, long tableOffset, long sizeBytes, long blockBytes) {
        int entries = Math.toIntExact(Math.ceilDiv(sizeBytes, blockBytes));
        ByteBuffer bytes = ByteBuffer.allocate(BYTES)
                .putLong(COOKIE, COOKIE_VALUE)
                .putLong(DATA_OFFSET, VhdFooter.NO_DATA_OFFSET)
                .putLong(TABLE_OFFSET, tableOffset)
                .putInt(HEADER_VERSION, VERSION_1_0)
                .putInt(MAX_TABLE_ENTRIES, entries)
                .putInt(BLOCK_SIZE, (int) blockBytes);
        return new DynamicHeader(offsetBytes, bytes, tableOffset, entries, blockBytes).sealed();
    }

    /** The same header, to be written at another place. */
    DynamicHeader at(long newOffsetBytes) {
        return new DynamicHeader(newOffsetBytes, copy(), tableOffset, maxTableEntries, blockBytes);
    }

    /** The same header with another table. */
    DynamicHeader withTable(long newTableOffset, int newEntries) {
        ByteBuffer changed = copy().putLong(TABLE_OFFSET, newTableOffset).putInt(MAX_TABLE_ENTRIES, newEntries);
        return new DynamicHeader(offsetBytes, changed, newTableOffset, newEntries, blockBytes).sealed();
    }

    /** The same header with another parent; its paths stand one after the other from {@code dataOffset} on. */
    DynamicHeader withParent(ParentName parent, long dataOffset) {
        ByteBuffer changed = copy();
        changed.putLong(PARENT_UNIQUE_ID, parent.uniqueId().getMostSignificantBits());
        changed.putLong(PARENT_UNIQUE_ID + Long.BYTES, parent.uniqueId().getLeastSignificantBits());
        changed.putInt(PARENT_TIME_STAMP, parent.timeStamp());
        changed.put(
                PARENT_UNICODE_NAME, new byte[PARENT_UNICODE_NAME_BYTES + ParentLocator.COUNT * ParentLocator.BYTES]);
        byte[] name = parent.unicodeName().getBytes(StandardCharsets.UTF_16BE);
        changed.put(PARENT_UNICODE_NAME, name, 0, Math.min(name.length, PARENT_UNICODE_NAME_BYTES - 2));
        long at = dataOffset;
        for (int i = 0; i < parent.paths().size(); i++) {
            ParentName.Path path = parent.paths().get(i);
            ParentLocator place = new ParentLocator(path.platformCode(), 0, path.content().length, at);
            new ParentLocator(path.platformCode(), place.usedBytes(), place.dataLength(), at)
                    .encode(changed, PARENT_LOCATORS + i * ParentLocator.BYTES);
            at += place.usedBytes();
        }
        return new DynamicHeader(offsetBytes, changed, tableOffset, maxTableEntries, blockBytes).sealed();
    }

    /** What names the parent in the header alone. */
    UUID parentUniqueId() {
        return new UUID(bytes.getLong(PARENT_UNIQUE_ID), bytes.getLong(PARENT_UNIQUE_ID + Long.BYTES));
    }

    long parentTimeStamp() {
        return Integer.toUnsignedLong(bytes.getInt(PARENT_TIME_STAMP));
    }

    String parentUnicodeName() {
        byte[] name = new byte[PARENT_UNICODE_NAME_BYTES];
        bytes.get(PARENT_UNICODE_NAME, name);
        return ParentName.text(name, StandardCharsets.UTF_16BE);
    }

    /** Those locators of which Kume knows what they are, in the order of the file. */
    List<ParentLocator> locators() {
        List<ParentLocator> known = new ArrayList<>();
        for (int i = 0; i < ParentLocator.COUNT; i++) {
            ParentLocator locator = ParentLocator.parse(bytes, PARENT_LOCATORS + i * ParentLocator.BYTES);
            if (locator.isKnown()) {
                known.add(locator);
            }
        }
        return known;
    }

    /** Bytes of the table in the file, whole sectors. */
    long tableBytes() {
        return tableBytes(maxTableEntries);
    }

    static long tableBytes(long entries) {
        return Math.ceilDiv(entries * Integer.BYTES, (long) SECTOR_BYTES) * SECTOR_BYTES;
    }

    /** One's complement of the sum of all bytes but the checksum's own. */
    static int checksum(ByteBuffer header) {
        int sum = 0;
        for (int at = 0; at < BYTES; at++) {
            if (at < CHECKSUM || at >= CHECKSUM + Integer.BYTES) {
                sum += Byte.toUnsignedInt(header.get(at));
            }
        }
        return ~sum;
    }

    /**
     * Reads the header that a footer names, and checks every field that anything is done with.
     *
     * @throws DiskFormatException that names the field, its offset in the file and its value
     */
    static DynamicHeader read(BackingStore store, VhdFooter footer) throws IOException {
        long at = footer.dataOffset();
        if (at < VhdFooter.BYTES || at > store.sizeBytes() - BYTES) {
            throw new DiskFormatException(("%s: the VHD footer's data offset field says %016X, but there is room for a"
                            + " dynamic disk header from %d to %d: restore the file from a copy")
                    .formatted(store.location(), at, VhdFooter.BYTES, store.sizeBytes() - BYTES));
        }
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        store.read(at, bytes);
        bytes.flip();
        Fields fields = new Fields(store.location(), at);
        checkKind(bytes, fields);
        long blocks = blocks(bytes, footer, fields);
        long entries = Integer.toUnsignedLong(bytes.getInt(MAX_TABLE_ENTRIES));
        fields.require(
                entries >= blocks && entries <= 2 * BLOCKS_MAX,
                "max table entries",
                MAX_TABLE_ENTRIES,
                "%d",
                entries,
                "%d or a little more for a disk of %d bytes in blocks of %d"
                        .formatted(blocks, footer.currentSizeBytes(), bytes.getInt(BLOCK_SIZE)));
        long tableOffset = bytes.getLong(TABLE_OFFSET);
        fields.require(
                tableOffset >= VhdFooter.BYTES
                        && tableOffset % SECTOR_BYTES == 0
                        && tableOffset <= store.sizeBytes() - entries * Integer.BYTES
                        && (tableOffset >= at + BYTES || tableOffset + tableBytes(entries) <= at),
                "table offset",
                TABLE_OFFSET,
                "%016X",
                tableOffset,
                "a multiple of 512 with room for %d entries before the end of the file at %d, outside of the header"
                        .formatted(entries, store.sizeBytes()));
        return new DynamicHeader(at, bytes, tableOffset, (int) entries, bytes.getInt(BLOCK_SIZE));
    }

    private static void checkKind(ByteBuffer bytes, Fields fields) throws DiskFormatException {
        fields.require(
                bytes.getLong(COOKIE) == COOKIE_VALUE, "cookie", COOKIE, "%016X", bytes.getLong(COOKIE), "cxsparse");
        fields.require(
                bytes.getInt(CHECKSUM) == checksum(bytes),
                "checksum",
                CHECKSUM,
                "%08X",
                bytes.getInt(CHECKSUM),
                "%08X, what its bytes add up to".formatted(checksum(bytes)));
        fields.require(
                bytes.getInt(HEADER_VERSION) >>> 16 == VERSION_1_0 >>> 16,
                "header version",
                HEADER_VERSION,
                "%08X",
                bytes.getInt(HEADER_VERSION),
                "1.0");
    }

    /** Blocks of the disk, and no more than can be kept track of. */
    private static long blocks(ByteBuffer bytes, VhdFooter footer, Fields fields) throws DiskFormatException {
        long blockBytes = Integer.toUnsignedLong(bytes.getInt(BLOCK_SIZE));
        fields.require(
                Long.bitCount(blockBytes) == 1 && blockBytes >= BLOCK_BYTES_MIN && blockBytes <= BLOCK_BYTES_MAX,
                "block size",
                BLOCK_SIZE,
                "%d",
                blockBytes,
                "a power of two from %d to %d".formatted(BLOCK_BYTES_MIN, BLOCK_BYTES_MAX));
        long blocks = Math.ceilDiv(footer.currentSizeBytes(), blockBytes);
        fields.require(
                blocks <= BLOCKS_MAX,
                "block size",
                BLOCK_SIZE,
                "%d",
                blockBytes,
                "more for a disk of %d bytes: Kume keeps track of %d blocks"
                        .formatted(footer.currentSizeBytes(), BLOCKS_MAX));
        return blocks;
    }

    private DynamicHeader sealed() {
        bytes.putInt(CHECKSUM, checksum(bytes));
        return this;
    }

    private ByteBuffer copy() {
        return ByteBuffer.allocate(BYTES).put(0, bytes, 0, BYTES);
    }

    private record Fields(String location, long headerBytes) {
        void require(boolean good, String field, int at, String form, long value, String expected)
                throws DiskFormatException {
            if (!good) {
                throw new DiskFormatException(("%s: the dynamic disk header's %s field at offset %d says " + form
                                + ", not %s: restore the file from a copy")
                        .formatted(location, field, headerBytes + at, value, expected));
            }
        }
    }
}
