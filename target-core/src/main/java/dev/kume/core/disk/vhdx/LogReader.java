package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has to be replayed in a log ([MS-VHDX] 2.3.2, 2.3.3): of all sequences of sound entries that follow each
 * other and hold the tail that their last one names, the newest. Whatever a crash has left half written, or an earlier
 * use of the log, is no part of it.
 */
final class LogReader {
    /** A larger entry than any writer has a reason to make; one is read into memory as a whole. */
    private static final long ENTRY_BYTES_MAX = 32L << 20;

    /** Entries may reach over the whole log, and each begin be tried: a broken log must not cost hours. */
    private static final int BROKEN_ROUNDS_MAX = 16;

    /** Files that are larger than the largest disk with all of its structures are none. */
    private static final long FILE_BYTES_MAX = 128L << 40;

    private final BackingStore store;
    private final VhdxHeader header;
    private final long logBytes;
    private final ByteBuffer window = Bytes.allocate((int) Bytes.MIB);
    private long windowAt = -1;
    private long brokenBytes;

    LogReader(BackingStore store, VhdxHeader header) {
        this.store = store;
        this.header = header;
        this.logBytes = header.logBytes();
    }

    /** Hears what an entry changes, in order. */
    interface Target {
        /** Changes nothing. */
        Target NONE = new Target() {
            @Override
            public void page(long offsetBytes, ByteBuffer content) {}

            @Override
            public void zero(long offsetBytes, long lengthBytes) {}
        };

        void page(long offsetBytes, ByteBuffer content) throws IOException;

        void zero(long offsetBytes, long lengthBytes) throws IOException;
    }

    /**
     * The entries to replay, the oldest first.
     *
     * @throws DiskFormatException when there are none, or the file has been cut off since
     */
    List<LogEntry> activeSequence() throws IOException {
        List<LogEntry> active = List.of();
        long at = 0;
        while (at < logBytes) {
            List<LogEntry> run = run(at);
            if (run.isEmpty()) {
                at += LogEntry.SECTOR_BYTES;
                continue;
            }
            List<LogEntry> sequence = fromTail(run);
            if (!sequence.isEmpty()
                    && (active.isEmpty()
                            || Long.compareUnsigned(
                                            sequence.getLast().sequenceNumber(),
                                            active.getLast().sequenceNumber())
                                    > 0)) {
                active = sequence;
            }
            // A shorter run that ends with the same entry lacks the tail as well, so it needs no look.
            at += run.stream().mapToLong(LogEntry::lengthBytes).sum();
        }
        if (active.isEmpty()) {
            throw Bytes.damaged(
                    store,
                    ("the header's log id %s says that the log has to be replayed, and it has no whole sequence of"
                                    + " entries")
                            .formatted(header.logGuid()));
        }
        long flushed = active.getLast().flushedFileOffset();
        if (flushed < 0 || store.sizeBytes() < flushed) {
            throw Bytes.damaged(
                    store,
                    "the file ends at %d, and was %d bytes long when the log was written: it has been cut off"
                            .formatted(store.sizeBytes(), flushed));
        }
        long last = active.getLast().lastFileOffset();
        if (last < 0 || last > FILE_BYTES_MAX) {
            throw Bytes.damaged(store, "the log's LastFileOffset %d is beyond any file".formatted(last));
        }
        return active;
    }

    /** Sound entries that follow each other, as many as there are. */
    private List<LogEntry> run(long from) throws IOException {
        List<LogEntry> run = new ArrayList<>();
        long at = from;
        long takenBytes = 0;
        while (true) {
            LogEntry entry = soundEntry(at % logBytes);
            if (entry == null
                    || takenBytes + entry.lengthBytes() > logBytes
                    || (!run.isEmpty()
                            && entry.sequenceNumber() != run.getLast().sequenceNumber() + 1)) {
                return run;
            }
            run.add(entry);
            at += entry.lengthBytes();
            takenBytes += entry.lengthBytes();
        }
    }

    private static List<LogEntry> fromTail(List<LogEntry> run) {
        long tail = run.getLast().tail();
        for (int i = 0; i < run.size(); i++) {
            if (run.get(i).at() == tail) {
                return List.copyOf(run.subList(i, run.size()));
            }
        }
        return List.of();
    }

    private @Nullable LogEntry soundEntry(long at) throws IOException {
        LogEntry entry = LogEntry.parseHeader(headerAt(at), at, header.logGuid(), logBytes);
        if (entry == null || entry.lengthBytes() > ENTRY_BYTES_MAX) {
            return null;
        }
        if (isSound(entry, read(entry))) {
            return entry;
        }
        brokenBytes += entry.lengthBytes();
        if (brokenBytes > BROKEN_ROUNDS_MAX * logBytes) {
            throw Bytes.damaged(store, "the log holds too many entries that are broken");
        }
        return null;
    }

    private ByteBuffer headerAt(long at) throws IOException {
        long begin = at & -Bytes.MIB;
        if (begin != windowAt) {
            store.read(header.logOffset() + begin, window.clear());
            windowAt = begin;
        }
        return Bytes.slice(window, (int) (at - begin), LogEntry.HEADER_BYTES);
    }

    private ByteBuffer read(LogEntry entry) throws IOException {
        ByteBuffer bytes = Bytes.allocate((int) entry.lengthBytes());
        int first = (int) Math.min(entry.lengthBytes(), logBytes - entry.at());
        store.read(header.logOffset() + entry.at(), bytes.limit(first));
        bytes.limit(bytes.capacity());
        if (bytes.hasRemaining()) {
            store.read(header.logOffset(), bytes);
        }
        return bytes.flip();
    }

    private static boolean isSound(LogEntry entry, ByteBuffer bytes) {
        if (!Checksum.isRight(bytes)) {
            return false;
        }
        long sequence = entry.sequenceNumber();
        int sector = entry.dataAt();
        for (int i = 0; i < entry.descriptorCount(); i++) {
            int at = LogEntry.HEADER_BYTES + i * LogEntry.DESCRIPTOR_BYTES;
            int signature = bytes.getInt(at);
            boolean isData = signature == LogEntry.DESCRIPTOR_SIGNATURE;
            long offset = bytes.getLong(at + LogEntry.FILE_OFFSET);
            if ((!isData && signature != LogEntry.ZERO_SIGNATURE)
                    || bytes.getLong(at + LogEntry.DESCRIPTOR_SEQUENCE) != sequence
                    || offset % LogEntry.SECTOR_BYTES != 0
                    || (!isData && bytes.getLong(at + LogEntry.ZERO_LENGTH) % LogEntry.SECTOR_BYTES != 0)) {
                return false;
            }
            if (isData) {
                if (sector > bytes.limit() - LogEntry.SECTOR_BYTES || !isSoundSector(bytes, sector, sequence)) {
                    return false;
                }
                sector += LogEntry.SECTOR_BYTES;
            }
        }
        return true;
    }

    private static boolean isSoundSector(ByteBuffer bytes, int at, long sequence) {
        return bytes.getInt(at) == LogEntry.DATA_SIGNATURE
                && bytes.getInt(at + LogEntry.SEQUENCE_HIGH) == (int) (sequence >>> Integer.SIZE)
                && bytes.getInt(at + LogEntry.SEQUENCE_LOW) == (int) sequence;
    }

    /** Tells what a sound entry changes. */
    void tell(LogEntry entry, Target target) throws IOException {
        ByteBuffer bytes = read(entry);
        int sector = entry.dataAt();
        for (int i = 0; i < entry.descriptorCount(); i++) {
            int at = LogEntry.HEADER_BYTES + i * LogEntry.DESCRIPTOR_BYTES;
            long offset = bytes.getLong(at + LogEntry.FILE_OFFSET);
            if (bytes.getInt(at) == LogEntry.ZERO_SIGNATURE) {
                long length = bytes.getLong(at + LogEntry.ZERO_LENGTH);
                check(entry, offset, length);
                target.zero(offset, length);
            } else {
                check(entry, offset, LogEntry.SECTOR_BYTES);
                ByteBuffer page = Bytes.allocate(LogEntry.SECTOR_BYTES);
                page.put(LogEntry.DATA, bytes, sector + LogEntry.DATA, LogEntry.DATA_BYTES);
                page.putLong(0, bytes.getLong(at + LogEntry.LEADING_BYTES));
                page.putInt(LogEntry.SEQUENCE_LOW, bytes.getInt(at + LogEntry.TRAILING_BYTES));
                target.page(offset, page);
                sector += LogEntry.SECTOR_BYTES;
            }
        }
    }

    /** The log changes neither the headers nor itself, and nothing behind what its entry says the file to be. */
    private void check(LogEntry entry, long offset, long length) throws DiskFormatException {
        boolean inFile = offset >= RegionTable.OFFSETS[0] && length >= 0 && offset <= entry.lastFileOffset() - length;
        boolean overLog = offset < header.logOffset() + logBytes && header.logOffset() < offset + length;
        if (!inFile || overLog) {
            throw Bytes.damaged(
                    store,
                    "the log has an entry that would change %d bytes at offset %d, where it must not"
                            .formatted(length, offset));
        }
    }
}
