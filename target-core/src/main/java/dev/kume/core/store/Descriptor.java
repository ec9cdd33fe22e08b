package dev.kume.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One open file of the operating system: its bare calls, which may do less than asked. {@link LocalFile} makes a store
 * of it, counts the calls in flight, and never calls after close.
 */
interface Descriptor {
    long UNKNOWN = -1;
    long NO_DATA = -2;

    long sizeBytes() throws IOException;

    /** Bytes copied without waiting, maybe 0; advances the position. */
    int tryRead(long offsetBytes, ByteBuffer target);

    /** Bytes read, at most {@code target.remaining()}, or 0 and less at the end of the file; advances the position. */
    int read(long offsetBytes, ByteBuffer target) throws IOException;

    /** Bytes written, at least 1; advances the position. */
    int write(long offsetBytes, ByteBuffer source) throws IOException;

    /** Makes content, size and extents durable. */
    void sync() throws IOException;

    void resize(long sizeBytes) throws IOException;

    /** False where the system has no such call. The size stays. */
    boolean reserve(long offsetBytes, long lengthBytes) throws IOException;

    /** False where the system has no such call. */
    boolean punch(long offsetBytes, long lengthBytes) throws IOException;

    /** Zeroes without writing them; false where the system has no such call. */
    boolean zero(long offsetBytes, long lengthBytes) throws IOException;

    /** The first data at or behind the offset, {@link #NO_DATA} for none, {@link #UNKNOWN} where nobody can tell. */
    default long nextData(long offsetBytes) throws IOException {
        return UNKNOWN;
    }

    /** The first hole at or behind the offset; the end of the file is one. Only where {@link #nextData} can tell. */
    default long nextHole(long offsetBytes) throws IOException {
        return UNKNOWN;
    }

    /** Bytes copied from another descriptor's file, maybe fewer than asked; 0 where the system cannot do that. */
    default long copyFrom(Descriptor source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        return 0;
    }

    /** Shares another descriptor's first bytes, which end at its end; false where the system cannot do that. */
    default boolean reflinkFrom(Descriptor source, long lengthBytes) throws IOException {
        return false;
    }

    /** The unit in which space is taken. */
    default int blockBytes() {
        return BackingStore.DEFAULT_BLOCK_BYTES;
    }

    /** The file system of the file, or null where that cannot be told. */
    default @Nullable HostSpace hostSpace() throws IOException {
        return null;
    }

    /** Space taken, or the size where that cannot be told. */
    long allocatedBytes() throws IOException;

    void close() throws IOException;
}
