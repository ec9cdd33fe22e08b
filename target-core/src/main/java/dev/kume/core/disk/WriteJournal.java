package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds one write on its way to a disk: what was there, and what is to be there. A header of one sector
 * says whether there is such a write; a checksum covers each part. One owner, one call at a time, but for flush.
 */
final class WriteJournal implements Closeable {
    /** The longest write that fits. */
    static final int WRITE_BYTES_MAX = 1 << 20;

    private static final long MAGIC = 0x4B55_4D45_4154_4F4DL; // KUMEATOM
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 512;
    private static final int CONTENT_AT = 4096;
    private static final int LENGTH = 12;
    private static final int OFFSET = 16;
    private static final int CONTENT_CHECKSUM = 24;
    private static final int HEADER_CHECKSUM = HEADER_BYTES - Integer.BYTES;
    private static final long FILE_BYTES = CONTENT_AT + 2L * WRITE_BYTES_MAX;

    private final BackingStore store;

    /** A write that a crash may have cut short; both buffers are ready to be read. */
    record Write(long offsetBytes, ByteBuffer before, ByteBuffer after) {}

    /** Takes the store over. */
    WriteJournal(BackingStore store) {
        this.store = store;
    }

    /** Lays a new, empty store out; its space is taken, so that no write meets a full device half way. */
    void lay() throws IOException {
        store.resize(FILE_BYTES);
        if (!store.reserve(0, FILE_BYTES)) {
            store.zero(0, FILE_BYTES);
        }
        end();
        store.flush();
    }

    /** Keeps a write, durably. Both buffers stay as they are. */
    void begin(long offsetBytes, ByteBuffer before, ByteBuffer after) throws IOException {
        int bytes = after.remaining();
        ByteBuffer content = ByteBuffer.allocate(2 * bytes);
        content.put(before.duplicate()).put(after.duplicate()).flip();
        int checksum = checksum(content);
        store.write(CONTENT_AT, content);
        writeHeader(bytes, offsetBytes, checksum);
        store.flush();
    }

    /** The write is over; this is durable with the next flush. */
    void end() throws IOException {
        writeHeader(0, 0, 0);
    }

    void flush() throws IOException {
        store.flush();
    }

    /** The write that was begun and not ended; null when there is none, or when it was not yet kept as a whole. */
    @Nullable
    Write unfinished() throws IOException {
        if (store.sizeBytes() < FILE_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        store.read(0, header);
        header.flip();
        int bytes = header.getInt(LENGTH);
        boolean holds = header.getLong(0) == MAGIC
                && header.getInt(Long.BYTES) == VERSION
                && header.getInt(HEADER_CHECKSUM) == checksum(header.slice(0, HEADER_CHECKSUM))
                && bytes > 0
                && bytes <= WRITE_BYTES_MAX;
        if (!holds) {
            return null;
        }
        ByteBuffer content = ByteBuffer.allocate(2 * bytes);
        store.read(CONTENT_AT, content);
        content.flip();
        if (checksum(content) != header.getInt(CONTENT_CHECKSUM)) {
            return null;
        }
        return new Write(header.getLong(OFFSET), content.slice(0, bytes), content.slice(bytes, bytes));
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    private void writeHeader(int bytes, long offsetBytes, int contentChecksum) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putInt(bytes).putLong(offsetBytes).putInt(contentChecksum);
        header.clear();
        header.putInt(HEADER_CHECKSUM, checksum(header.slice(0, HEADER_CHECKSUM)));
        store.write(0, header);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate());
        return (int) checksum.getValue();
    }
}
