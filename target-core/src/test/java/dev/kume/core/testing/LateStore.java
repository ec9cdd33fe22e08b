package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.FilterStore;
import dev.kume.core.store.HostSpace;
import dev.kume.core.store.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * A store on a device of so many blocks, as a file system keeps it that allocates late: a write is taken into memory
 * whether there is space or not, and the flush behind it fails. What {@link #reserve} has taken is there.
 */
public final class LateStore extends FilterStore {
    /** Bytes of one block of the device. */
    public static final int BLOCK_BYTES = 4096;

    private final Set<Long> allocated = new HashSet<>();
    private final Set<Long> promised = new HashSet<>();
    private int blocksMax;
    private boolean canReserve = true;

    /** How often the device was asked to reserve. */
    public int reserves;

    public LateStore(BackingStore store, int blocksMax) {
        super(store);
        this.blocksMax = blocksMax;
    }

    /** Gives the device more, or less, space. */
    public synchronized void blocksMax(int blocks) {
        blocksMax = blocks;
    }

    /** As on systems without {@code fallocate}. */
    public synchronized LateStore withoutReserve() {
        canReserve = false;
        return this;
    }

    @Override
    public synchronized void write(long offsetBytes, ByteBuffer source) throws IOException {
        for (long block = offsetBytes / BLOCK_BYTES; block <= last(offsetBytes, source.remaining()); block++) {
            if (!allocated.contains(block)) {
                promised.add(block);
            }
        }
        store.write(offsetBytes, source);
    }

    @Override
    public synchronized void flush() throws IOException {
        if (allocated.size() + promised.size() > blocksMax) {
            throw new NoSpaceException("No space left on device: " + location());
        }
        allocated.addAll(promised);
        promised.clear();
        store.flush();
    }

    @Override
    public synchronized boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        reserves++;
        if (!canReserve) {
            return false;
        }
        Set<Long> wanted = new HashSet<>();
        for (long block = offsetBytes / BLOCK_BYTES; block <= last(offsetBytes, lengthBytes); block++) {
            wanted.add(block);
        }
        wanted.removeAll(allocated);
        if (allocated.size() + wanted.size() > blocksMax) {
            throw new NoSpaceException("No space left on device: " + location());
        }
        allocated.addAll(wanted);
        return true;
    }

    @Override
    public synchronized void punch(long offsetBytes, long lengthBytes) throws IOException {
        for (long block = (offsetBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
                (block + 1) * BLOCK_BYTES <= offsetBytes + lengthBytes;
                block++) {
            allocated.remove(block);
            promised.remove(block);
        }
        store.punch(offsetBytes, lengthBytes);
    }

    @Override
    public synchronized HostSpace hostSpace() {
        return new HostSpace((long) (blocksMax - allocated.size()) * BLOCK_BYTES, (long) blocksMax * BLOCK_BYTES);
    }

    @Override
    public synchronized long allocatedBytes() {
        return (long) allocated.size() * BLOCK_BYTES;
    }

    private static long last(long offsetBytes, long lengthBytes) {
        return (offsetBytes + lengthBytes - 1) / BLOCK_BYTES;
    }
}
