package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The table at the beginning of the metadata region ([MS-VHDX] 2.6.1).
 *
 * <pre>
 *   0  signature "metadata"    10  entry count, at most 2047
 *   8  reserved                12  reserved
 *  32  entries of 32 bytes: item id(16) offset(4) length(4) flags(4) reserved(4)
 * </pre>
 *
 * <p>Items that are unknown and not required stay as they are.
 */
record MetadataTable(Region region, List<MetadataItem> items) {
    static final int BYTES = 64 << 10;
    static final int ENTRY_BYTES = 32;
    static final int ITEM_BYTES_MAX = 1 << 20;

    private static final long SIGNATURE_VALUE = 0x6174_6164_6174_656DL; // "metadata"
    private static final int RESERVED = 8;
    private static final int ENTRY_COUNT = 10;
    private static final int ENTRIES = 32;
    private static final int ENTRY_COUNT_MAX = 2047;
    private static final int USER_COUNT_MAX = 1024;
    private static final int OFFSET = 16;
    private static final int LENGTH = 20;
    private static final int FLAGS = 24;
    private static final int RESERVED_2 = 28;
    private static final int IS_USER = 1;
    private static final int IS_VIRTUAL_DISK = 2;
    private static final int IS_REQUIRED = 4;

    MetadataTable {
        items = List.copyOf(items);
    }

    static MetadataTable read(BackingStore store, Region region) throws IOException {
        ByteBuffer bytes = Bytes.read(store, region.offsetBytes(), BYTES);
        if (bytes.getLong(0) != SIGNATURE_VALUE) {
            throw Bytes.damaged(
                    store,
                    "the metadata table at offset %d does not begin with \"metadata\"".formatted(region.offsetBytes()));
        }
        int count = bytes.getShort(ENTRY_COUNT) & 0xFFFF;
        if (count > ENTRY_COUNT_MAX || bytes.getShort(RESERVED) != 0) {
            throw Bytes.damaged(
                    store,
                    "the metadata table's entry count is %d (at most %d), its reserved field %d (0)"
                            .formatted(count, ENTRY_COUNT_MAX, bytes.getShort(RESERVED)));
        }
        List<MetadataItem> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(parseEntry(store, region, bytes, ENTRIES + i * ENTRY_BYTES));
        }
        MetadataTable table = new MetadataTable(region, items);
        table.check(store);
        return table;
    }

    private static MetadataItem parseEntry(BackingStore store, Region region, ByteBuffer bytes, int at)
            throws DiskFormatException {
        int flags = bytes.getInt(at + FLAGS);
        MetadataItem item = new MetadataItem(
                Guid.get(bytes, at),
                Integer.toUnsignedLong(bytes.getInt(at + OFFSET)),
                Integer.toUnsignedLong(bytes.getInt(at + LENGTH)),
                (flags & IS_USER) != 0,
                (flags & IS_VIRTUAL_DISK) != 0,
                (flags & IS_REQUIRED) != 0);
        if ((flags & ~(IS_USER | IS_VIRTUAL_DISK | IS_REQUIRED)) != 0 || bytes.getInt(at + RESERVED_2) != 0) {
            throw Bytes.damaged(
                    store,
                    "%s: reserved bits are set, %08X %08X"
                            .formatted(item.words(), flags, bytes.getInt(at + RESERVED_2)));
        }
        if (item.required() && !item.isKnown()) {
            throw new DiskFormatException(
                    "%s: the file needs the metadata item %s, which Kume does not know; open it with what made it"
                            .formatted(store.location(), item.id()));
        }
        long offset = item.offsetBytes();
        long length = item.lengthBytes();
        boolean sound = length == 0
                ? offset == 0
                : length <= ITEM_BYTES_MAX && offset >= BYTES && offset <= region.lengthBytes() - length;
        if (!sound) {
            throw Bytes.damaged(
                    store,
                    ("%s: %d bytes at offset %d are not between %d and the end of the metadata region at %d, or more"
                                    + " than %d")
                            .formatted(item.words(), length, offset, BYTES, region.lengthBytes(), ITEM_BYTES_MAX));
        }
        return item;
    }

    private void check(BackingStore store) throws DiskFormatException {
        Set<String> seen = new HashSet<>();
        for (MetadataItem item : items) {
            if (!seen.add(item.id() + (item.user() ? " of users" : ""))) {
                throw Bytes.damaged(store, "the metadata table has the item %s twice".formatted(item.id()));
            }
        }
        long users = items.stream().filter(MetadataItem::user).count();
        if (users > USER_COUNT_MAX) {
            throw Bytes.damaged(
                    store, "the metadata table has %d items of users, more than %d".formatted(users, USER_COUNT_MAX));
        }
        List<MetadataItem> inOrder = items.stream()
                .filter(item -> item.lengthBytes() > 0)
                .sorted(Comparator.comparingLong(MetadataItem::offsetBytes))
                .toList();
        for (int i = 1; i < inOrder.size(); i++) {
            MetadataItem before = inOrder.get(i - 1);
            MetadataItem item = inOrder.get(i);
            if (item.offsetBytes() < before.offsetBytes() + before.lengthBytes()) {
                throw Bytes.damaged(
                        store,
                        "%s at offset %d of the metadata region lies over %s"
                                .formatted(item.words(), item.offsetBytes(), before.words()));
            }
        }
    }

    /** The system's item of that id. */
    Optional<MetadataItem> find(UUID id) {
        return items.stream()
                .filter(item -> !item.user() && item.id().equals(id))
                .findFirst();
    }

    /** The bytes of an item that has to be there, with exactly this length. */
    ByteBuffer require(BackingStore store, UUID id, int lengthBytes) throws IOException {
        ByteBuffer bytes = require(store, id);
        if (bytes.limit() != lengthBytes) {
            throw Bytes.damaged(
                    store,
                    "the metadata item %s has the length %d, not %d"
                            .formatted(MetadataItem.name(id), bytes.limit(), lengthBytes));
        }
        return bytes;
    }

    /** The bytes of an item that has to be there. */
    ByteBuffer require(BackingStore store, UUID id) throws IOException {
        MetadataItem item = find(id).orElse(null);
        if (item == null) {
            throw Bytes.damaged(store, "the metadata item %s (%s) is missing".formatted(MetadataItem.name(id), id));
        }
        return Bytes.read(store, region.offsetBytes() + item.offsetBytes(), (int) item.lengthBytes());
    }

    /** Where in the file an item lies that is there. */
    long offsetOf(UUID id) {
        return region.offsetBytes() + find(id).orElseThrow().offsetBytes();
    }

    /** Where in the file the entry of an item lies that is there. */
    long entryOffsetOf(UUID id) {
        MetadataItem item = find(id).orElseThrow();
        return region.offsetBytes() + ENTRIES + (long) items.indexOf(item) * ENTRY_BYTES;
    }

    /** The same with an item in another place. */
    MetadataTable with(MetadataItem moved) {
        return new MetadataTable(
                region,
                items.stream()
                        .map(item -> !item.user() && item.id().equals(moved.id()) ? moved : item)
                        .toList());
    }

    /** A place in the region, from its beginning, that no other item has: the old one where that is long enough. */
    long placeFor(UUID id, int lengthBytes) {
        List<MetadataItem> others = items.stream()
                .filter(item ->
                        item.lengthBytes() > 0 && (item.user() || !item.id().equals(id)))
                .sorted(Comparator.comparingLong(MetadataItem::offsetBytes))
                .toList();
        long before = find(id).orElseThrow().offsetBytes();
        if (before >= BYTES && isFree(others, before, lengthBytes)) {
            return before;
        }
        long at = BYTES;
        for (MetadataItem item : others) {
            if (at + lengthBytes <= item.offsetBytes()) {
                break;
            }
            at = Math.max(at, (item.offsetBytes() + item.lengthBytes() + Long.BYTES - 1) & -Long.BYTES);
        }
        return at + lengthBytes <= region.lengthBytes() ? at : -1;
    }

    private boolean isFree(List<MetadataItem> others, long at, int lengthBytes) {
        return at + lengthBytes <= region.lengthBytes()
                && others.stream()
                        .noneMatch(item ->
                                item.offsetBytes() < at + lengthBytes && at < item.offsetBytes() + item.lengthBytes());
    }

    static ByteBuffer encodeEntry(MetadataItem item) {
        ByteBuffer bytes = Bytes.allocate(ENTRY_BYTES);
        Guid.put(bytes, 0, item.id());
        bytes.putInt(OFFSET, (int) item.offsetBytes());
        bytes.putInt(LENGTH, (int) item.lengthBytes());
        bytes.putInt(
                FLAGS,
                (item.user() ? IS_USER : 0)
                        | (item.virtualDisk() ? IS_VIRTUAL_DISK : 0)
                        | (item.required() ? IS_REQUIRED : 0));
        return bytes;
    }

    /** The table of a new file. */
    ByteBuffer encode() {
        ByteBuffer bytes = Bytes.allocate(BYTES);
        bytes.putLong(0, SIGNATURE_VALUE);
        bytes.putShort(ENTRY_COUNT, (short) items.size());
        for (int i = 0; i < items.size(); i++) {
            bytes.put(ENTRIES + i * ENTRY_BYTES, encodeEntry(items.get(i)), 0, ENTRY_BYTES);
        }
        return bytes;
    }
}
