package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Pages of 4 KB that are about to be changed through the log, as they will be. One thread. */
final class PageSet {
    static final int PAGE_BYTES = 4096;

    private final BackingStore store;
    private final NavigableMap<Long, ByteBuffer> pages = new TreeMap<>();

    PageSet(BackingStore store) {
        this.store = store;
    }

    int count() {
        return pages.size();
    }

    boolean isEmpty() {
        return pages.isEmpty();
    }

    /** By their offset in the file. */
    NavigableMap<Long, ByteBuffer> pages() {
        return Collections.unmodifiableNavigableMap(pages);
    }

    void putLong(long offsetBytes, long value) throws IOException {
        page(offsetBytes).putLong((int) (offsetBytes % PAGE_BYTES), value);
    }

    long getLong(long offsetBytes) throws IOException {
        return page(offsetBytes).getLong((int) (offsetBytes % PAGE_BYTES));
    }

    /** Changes all of {@code source}'s bytes. */
    void put(long offsetBytes, ByteBuffer source) throws IOException {
        int bytes = source.limit();
        for (int done = 0; done < bytes; ) {
            int inPage = (int) ((offsetBytes + done) % PAGE_BYTES);
            int step = Math.min(bytes - done, PAGE_BYTES - inPage);
            page(offsetBytes + done).put(inPage, source, done, step);
            done += step;
        }
    }

    /** The same, for whole pages: those that the file has like that already are left out. */
    void putChanged(long offsetBytes, ByteBuffer source) throws IOException {
        for (int at = 0; at < source.limit(); at += PAGE_BYTES) {
            ByteBuffer piece = source.slice(at, PAGE_BYTES);
            if (!piece.equals(Bytes.read(store, offsetBytes + at, PAGE_BYTES))) {
                put(offsetBytes + at, piece);
            }
        }
    }

    private ByteBuffer page(long offsetBytes) throws IOException {
        long begin = offsetBytes - offsetBytes % PAGE_BYTES;
        ByteBuffer page = pages.get(begin);
        if (page == null) {
            page = Bytes.read(store, begin, PAGE_BYTES);
            assert page.order() == ByteOrder.LITTLE_ENDIAN;
            pages.put(begin, page);
        }
        return page;
    }

    /** Writes the pages where they belong. */
    void apply() throws IOException {
        for (var page : pages.entrySet()) {
            store.write(page.getKey(), page.getValue().duplicate());
        }
    }
}
