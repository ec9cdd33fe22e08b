package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes the log ([MS-VHDX] 2.3): entries in a ring, each durable before its pages are written where they belong. One
 * thread at a time.
 *
 * <p><b>What is replayed.</b> The pages of an entry are durable when the flush of the next one has ended. So an entry
 * names the one before it as its tail, and two of them are all that a replay ever needs; an entry takes a quarter of
 * the log at most, so that the third finds room. {@link #barrier} ends that for what was logged before: it comes
 * before space is used for something else.
 */
final class VhdxLog {
    private static final int PARTS = 4;
    private static final long ENTRY_BYTES_MAX = Bytes.MIB;

    private final BackingStore store;
    private final long logOffset;
    private final long logBytes;
    private final UUID guid;
    private long sequenceNumber;
    private long lastAt;
    private long nextAt;

    /** The file has this length, durably. */
    private long durableBytes;

    private VhdxLog(BackingStore store, VhdxHeader header, UUID guid) {
        this.store = store;
        this.logOffset = header.logOffset();
        this.logBytes = header.logBytes();
        this.guid = guid;
    }

    /**
     * Begins a log of this id with an entry that changes nothing, durably: a header may name it from then on. Nothing
     * of an earlier log is needed any more.
     */
    static VhdxLog start(BackingStore store, VhdxHeader header, UUID guid) throws IOException {
        VhdxLog log = new VhdxLog(store, header, guid);
        store.flush();
        log.durableBytes = store.sizeBytes();
        log.write(new PageSet(store), 0);
        return log;
    }

    UUID guid() {
        return guid;
    }

    /** Pages that fit into one entry. */
    int pagesMax() {
        int entryBytes = (int) Math.min(logBytes / PARTS, ENTRY_BYTES_MAX);
        int pages = entryBytes / LogEntry.SECTOR_BYTES;
        while (LogEntry.lengthBytes(pages) > entryBytes) {
            pages--;
        }
        return pages;
    }

    /** Changes these pages, all or none, durably. */
    void append(PageSet pages) throws IOException {
        write(pages, lastAt);
        pages.apply();
    }

    /** Nothing that was logged before is ever replayed again, durably. The file is going to be this long at least. */
    void barrier(long fileBytes) throws IOException {
        store.flush();
        durableBytes = Math.min(fileBytes, store.sizeBytes());
        write(new PageSet(store), nextAt);
    }

    private void write(PageSet pages, long tail) throws IOException {
        assert pages.count() <= pagesMax() : pages.count();
        ByteBuffer entry = LogEntry.encode(
                guid,
                tail,
                ++sequenceNumber,
                durableBytes & -Bytes.MIB,
                Bytes.ceilMib(Math.max(durableBytes, pages.isEmpty() ? 0 : store.sizeBytes())),
                new TreeMap<>(pages.pages()));
        long bytes = entry.limit();
        long first = Math.min(bytes, logBytes - nextAt);
        store.write(logOffset + nextAt, entry.slice(0, (int) first));
        if (first < bytes) {
            store.write(logOffset, entry.slice((int) first, (int) (bytes - first)));
        }
        long durable = store.sizeBytes();
        store.flush();
        durableBytes = pages.isEmpty() ? durableBytes : durable;
        lastAt = nextAt;
        nextAt = (nextAt + bytes) % logBytes;
    }
}
