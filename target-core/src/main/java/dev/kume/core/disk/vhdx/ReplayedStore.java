package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import dev.kume.core.store.FilterStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store that cannot be written, with what its log would change laid over it in memory. Filled by one thread, then
 * read by any.
 */
final class ReplayedStore extends FilterStore implements LogReader.Target {
    /** Of pages and ranges: 64 MB of pages at most. */
    private static final int CHANGES_MAX = 1 << 14;

    /** Content, or zeroes where there is none. */
    private record Change(
            long offsetBytes, long lengthBytes, @Nullable ByteBuffer content) {
        long endBytes() {
            return offsetBytes + lengthBytes;
        }
    }

    private final List<Change> changes = new ArrayList<>();
    private long sizeBytes;

    ReplayedStore(BackingStore store, long sizeBytes) {
        super(store);
        this.sizeBytes = Math.max(store.sizeBytes(), sizeBytes);
    }

    @Override
    public void page(long offsetBytes, ByteBuffer content) throws IOException {
        add(new Change(offsetBytes, content.limit(), content));
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        add(new Change(offsetBytes, lengthBytes, null));
    }

    private void add(Change change) throws IOException {
        if (changes.size() == CHANGES_MAX) {
            throw new DiskFormatException(
                    "%s: its log is too long to be replayed in memory; open the file for writing once"
                            .formatted(location()));
        }
        changes.add(change);
        sizeBytes = Math.max(sizeBytes, change.endBytes());
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean readOnly() {
        return true;
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return isChanged(offsetBytes, target.remaining()) || offsetBytes + target.remaining() > store.sizeBytes()
                ? 0
                : store.tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        int begin = target.position();
        int bytes = target.remaining();
        if (offsetBytes > sizeBytes - bytes) {
            throw new EOFException("%s ends at %d".formatted(location(), sizeBytes));
        }
        int there = (int) Math.max(0, Math.min(bytes, store.sizeBytes() - offsetBytes));
        store.read(offsetBytes, target.limit(begin + there));
        target.limit(begin + bytes);
        zeroes(target, begin + there, bytes - there);
        for (Change change : changes) {
            long from = Math.max(offsetBytes, change.offsetBytes());
            int length = (int) Math.max(0, Math.min(offsetBytes + bytes, change.endBytes()) - from);
            int at = begin + (int) (from - offsetBytes);
            ByteBuffer content = change.content();
            if (length > 0 && content == null) {
                zeroes(target, at, length);
            } else if (length > 0 && content != null) {
                target.put(at, content, (int) (from - change.offsetBytes()), length);
            }
        }
        target.position(begin + bytes);
    }

    private static void zeroes(ByteBuffer target, int at, int length) {
        target.put(at, new byte[length]);
    }

    private boolean isChanged(long offsetBytes, long lengthBytes) {
        return changes.stream()
                .anyMatch(
                        change -> change.offsetBytes() < offsetBytes + lengthBytes && offsetBytes < change.endBytes());
    }

    @Override
    public Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        long there = Math.min(lengthBytes, store.sizeBytes() - offsetBytes);
        return there <= 0 || isChanged(offsetBytes, lengthBytes)
                ? new Extent(true, lengthBytes)
                : store.extentAt(offsetBytes, there);
    }

    /** Closes the store behind as well. */
    @Override
    public void close() throws IOException {
        store.close();
    }
}
