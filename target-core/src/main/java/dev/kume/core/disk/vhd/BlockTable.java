package dev.kume.core.disk.vhd;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The block allocation table in the file: for each block the sector where its bitmap begins, unsigned, big-endian, or
 * {@link #UNUSED} (VHD specification, "Block Allocation Table").
 */
final class BlockTable {
    static final int UNUSED = 0xFFFF_FFFF;

    /** A page is what is read and written at once. */
    private static final int PAGE_BYTES = 4096;

    private static final int PAGE_ENTRIES = PAGE_BYTES / Integer.BYTES;
    private static final int STEP_BYTES = 256 << 10;

    private final BackingStore store;
    private final long tableOffset;
    private final long entries;

    BlockTable(BackingStore store, DynamicHeader header) {
        this(store, header.tableOffset(), header.maxTableEntries());
    }

    BlockTable(BackingStore store, long tableOffset, long entries) {
        this.store = store;
        this.tableOffset = tableOffset;
        this.entries = entries;
    }

    /** Is told of a used entry. */
    @FunctionalInterface
    interface Visitor {
        void entry(long block, int entry) throws IOException;
    }

    /** Visits the used entries of the first {@code count} blocks, in their order. */
    void scan(long count, Visitor visitor) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(STEP_BYTES);
        for (long block = 0; block < count; block += STEP_BYTES / Integer.BYTES) {
            page.clear().limit((int) Math.min(STEP_BYTES, (count - block) * Integer.BYTES));
            store.read(tableOffset + block * Integer.BYTES, page);
            page.flip();
            for (int at = 0; at < page.limit(); at += Integer.BYTES) {
                int entry = page.getInt(at);
                if (entry != UNUSED) {
                    visitor.entry(block + at / Integer.BYTES, entry);
                }
            }
        }
    }

    int read(long block) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(Integer.BYTES);
        store.read(tableOffset + block * Integer.BYTES, entry);
        return entry.getInt(0);
    }

    void write(long block, int entry) throws IOException {
        store.write(
                tableOffset + block * Integer.BYTES,
                ByteBuffer.allocate(Integer.BYTES).putInt(0, entry));
    }

    /** The pages with these entries, by their numbers, as the file has them. */
    SortedMap<Long, ByteBuffer> pagesOf(Iterable<Long> blocks) throws IOException {
        SortedMap<Long, ByteBuffer> pages = new TreeMap<>();
        for (long block : blocks) {
            long number = block / PAGE_ENTRIES;
            if (!pages.containsKey(number)) {
                long first = number * PAGE_ENTRIES;
                ByteBuffer page = ByteBuffer.allocate((int) Math.min(PAGE_ENTRIES, entries - first) * Integer.BYTES);
                store.read(tableOffset + first * Integer.BYTES, page);
                pages.put(number, page.flip());
            }
        }
        return pages;
    }

    void writePages(SortedMap<Long, ByteBuffer> pages) throws IOException {
        for (Map.Entry<Long, ByteBuffer> page : pages.entrySet()) {
            store.write(
                    tableOffset + page.getKey() * PAGE_BYTES, page.getValue().duplicate());
        }
    }

    static int entryIn(SortedMap<Long, ByteBuffer> pages, long block) {
        return pageOf(pages, block).getInt((int) (block % PAGE_ENTRIES) * Integer.BYTES);
    }

    static void putIn(SortedMap<Long, ByteBuffer> pages, long block, int entry) {
        pageOf(pages, block).putInt((int) (block % PAGE_ENTRIES) * Integer.BYTES, entry);
    }

    private static ByteBuffer pageOf(SortedMap<Long, ByteBuffer> pages, long block) {
        ByteBuffer page = pages.get(block / PAGE_ENTRIES);
        if (page == null) {
            throw new IllegalStateException("the page of block " + block + " was not read");
        }
        return page;
    }

    /** Marks every entry from {@code fromEntry} to the end of {@code tableBytes} as unused. */
    void clear(long fromEntry, long tableBytes) throws IOException {
        long at = fromEntry * Integer.BYTES;
        byte[] unused = new byte[(int) Math.min(STEP_BYTES, tableBytes - at)];
        Arrays.fill(unused, (byte) 0xFF);
        while (at < tableBytes) {
            int step = (int) Math.min(unused.length, tableBytes - at);
            store.write(tableOffset + at, ByteBuffer.wrap(unused, 0, step));
            at += step;
        }
    }

    /** Copies the entries to another place in the same file. */
    void copyTo(long otherOffset, long count) throws IOException {
        ByteBuffer step = ByteBuffer.allocate(STEP_BYTES);
        long bytes = count * Integer.BYTES;
        for (long at = 0; at < bytes; at += STEP_BYTES) {
            step.clear().limit((int) Math.min(STEP_BYTES, bytes - at));
            store.read(tableOffset + at, step);
            store.write(otherOffset + at, step.flip());
        }
    }
}
