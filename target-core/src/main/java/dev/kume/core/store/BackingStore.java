package dev.kume.core.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Positional bytes that grow: a local file first, an object store later. One owner holds the only descriptor of a file.
 *
 * <p>Every method but {@link #tryRead} and {@link #sizeBytes} may wait for a device. All methods may be called by
 * several threads at once. Faults and power cuts are injected at this seam, so that format metadata is tested too.
 */
public interface BackingStore extends Closeable {
    /** What file systems use where nothing better is known. */
    int DEFAULT_BLOCK_BYTES = 4096;

    /** Where the bytes are, in the words of an administrator: a path. */
    String location();

    /** The current size. */
    long sizeBytes();

    /** True when the store was opened for reading alone. */
    boolean readOnly();

    /** Bytes copied without waiting, maybe 0 or short; {@code target}'s position advances by them. */
    int tryRead(long offsetBytes, ByteBuffer target);

    /** Fills {@code target}; the end of the store inside the range is an {@code EOFException}. */
    void read(long offsetBytes, ByteBuffer target) throws IOException;

    /** Writes all of {@code source}; durable only after {@link #flush()}. */
    void write(long offsetBytes, ByteBuffer source) throws IOException;

    /**
     * True when a write of the range needs no space that it has not got yet, as far as that is known. Never waits; a
     * hint that may be a moment old.
     */
    default boolean hasSpace(long offsetBytes, long lengthBytes) {
        return true;
    }

    /** Makes all returned writes durable, with the size and the extents needed to read them back. */
    void flush() throws IOException;

    /** Grows (the new bytes are zeroes) or cuts the store. */
    void resize(long sizeBytes) throws IOException;

    /**
     * Reserves space for the range, so that a later write in it cannot run out of space; existing bytes stay.
     *
     * @return false where the system has no such call, and nothing was reserved
     */
    boolean reserve(long offsetBytes, long lengthBytes) throws IOException;

    /** Gives the space of the range back; it reads as zeroes. Falls back to writing zeroes where there are no holes. */
    void punch(long offsetBytes, long lengthBytes) throws IOException;

    /** The range reads as zeroes; its space stays reserved where the system can say so. */
    void zero(long offsetBytes, long lengthBytes) throws IOException;

    /**
     * How the range begins, as the file system tells it; all of it is data where that cannot be told. Neighbours may be
     * of the same kind. The range lies inside the store and is not empty.
     */
    default Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        return new Extent(true, lengthBytes);
    }

    /** The unit in which the device takes and gives back space, a power of two: smaller holes cannot be made. */
    default int blockBytes() {
        return DEFAULT_BLOCK_BYTES;
    }

    /**
     * Copies from another store inside of the file system, without the bytes passing through this process; the files
     * may share them afterwards. The ranges lie inside the stores and do not overlap.
     *
     * @return bytes copied, maybe fewer than asked; 0 where these two stores cannot
     */
    default long copyFrom(BackingStore source, long sourceBytes, long offsetBytes, long lengthBytes)
            throws IOException {
        return 0;
    }

    /**
     * The first {@code lengthBytes} of this store become those of another, at once and without a copy: the file system
     * lets both share them, and keeps them apart as soon as one is written. What the source has not flushed is shared
     * as well; durable only after {@link #flush()}.
     *
     * @param lengthBytes a multiple of the file system's block, or all of the source
     * @return false where these two stores cannot (only XFS and Btrfs can, within one file system), or the source has
     *     no bytes to share; nothing has happened
     */
    default boolean reflinkFrom(BackingStore source, long lengthBytes) throws IOException {
        return false;
    }

    /** The file system around the store, or null where that cannot be told. */
    default @Nullable HostSpace hostSpace() throws IOException {
        return null;
    }

    /** Space taken on the device, in bytes; the size where that cannot be told. */
    long allocatedBytes() throws IOException;
}
