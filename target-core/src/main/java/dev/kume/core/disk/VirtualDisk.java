package dev.kume.core.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One virtual disk, positional, in bytes. Formats and filters have this same shape.
 *
 * <p>Callers have already proven that a range lies inside {@link DiskInfo#sizeBytes()}; implementations assert it.
 * Every method but {@link #tryRead} may wait for a device and is called from disk threads only. All methods may be
 * called by several threads at once.
 */
public interface VirtualDisk extends Closeable {
    /** Size and nature, asked at open and after a resize. */
    DiskInfo info();

    /**
     * Copies what can be had without waiting, from {@code offsetBytes} on, into {@code target} and advances its
     * position.
     *
     * @return the bytes copied: 0 to {@code target.remaining()}; fewer than asked says nothing about the disk's health
     */
    int tryRead(long offsetBytes, ByteBuffer target);

    /** Fills {@code target} completely, from {@code offsetBytes} on. */
    void read(long offsetBytes, ByteBuffer target) throws IOException;

    /** Writes all of {@code source} at {@code offsetBytes}; durable only after {@link #flush()}. */
    void write(long offsetBytes, ByteBuffer source) throws IOException;

    /**
     * True when a write of the range needs no space that it has not got yet: taking space waits, and is for disk
     * threads. Never waits; a hint that may be a moment old.
     */
    default boolean hasSpace(long offsetBytes, long lengthBytes) {
        return true;
    }

    /** Asks how much space there is, or gives null where that cannot be told. Waits. */
    default @Nullable DiskSpace measureSpace() throws IOException {
        return null;
    }

    /** What the last {@link #measureSpace} has found; null before the first one. Never waits. */
    default @Nullable DiskSpace lastSpace() {
        return null;
    }

    /** Makes every write that has returned durable. When this throws, nothing is known to be durable. */
    void flush() throws IOException;

    /** The longest {@link #writeAtomically}, 0 where there is none. */
    default int atomicBytesMax() {
        return 0;
    }

    /**
     * Writes all of {@code source} or nothing, durably, over a power cut too. When this throws, nothing was written, or
     * the disk fails every change from now on.
     */
    default void writeAtomically(long offsetBytes, ByteBuffer source) throws IOException {
        throw new UnsupportedOperationException("no atomic writes");
    }

    /**
     * How the range begins: with data, or with unmapped space that reads as zeroes; all of it is data where that cannot
     * be told. Neighbours may be of the same kind. The range is not empty.
     */
    default DiskExtent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        return new DiskExtent(true, lengthBytes);
    }

    /**
     * Copies from another disk without the bytes passing through this process, where that can be done. The ranges do
     * not overlap.
     *
     * @return bytes copied, maybe fewer than asked; 0 where these two disks cannot
     */
    default long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        return 0;
    }

    /** The content of the range may be forgotten; it reads as zeroes afterwards. */
    void unmap(long offsetBytes, long lengthBytes) throws IOException;

    /** The range reads as zeroes afterwards, its space stays reserved where it was. */
    void zero(long offsetBytes, long lengthBytes) throws IOException;

    /**
     * Makes the file one of a larger disk, durably, while reads and writes go on. Space is taken as the disk's kind
     * says. When this throws (no space, a cancel, a device), the disk is as it was, and so is its file where the device
     * lets it.
     *
     * @param sizeBytes the new size, larger than {@link #info()} says
     * @param progress  told from the calling thread; may throw {@link java.io.InterruptedIOException} to cancel
     * @return what lets the disk use it, or takes it back
     */
    default DiskGrowth grow(long sizeBytes, DiskFormat.Progress progress) throws IOException {
        throw new DiskFormatException("this kind of disk keeps its size");
    }

    /**
     * Forgets everything from {@code sizeBytes} on, durably; the disk is that large from then on. A power cut on the
     * way leaves the file of the one size or the other, and the same can be done again. The caller has seen that
     * nothing is lost, and that nobody is inside of the disk.
     *
     * @param sizeBytes smaller than {@link #info()} says
     */
    default void shrink(long sizeBytes) throws IOException {
        throw new DiskFormatException("this kind of disk keeps its size");
    }
}
