package dev.kume.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.StampedLock;

/**
 * A sparse store whose writes take their space before they are made, so that a full device is met by the write and not
 * by the flush behind it. A file system that allocates late would answer the write with success, run out of space
 * when it cleans its memory, and forget the data: what was promised could not be kept, and {@link LocalFile} would
 * never believe the file again. So the write itself ends in {@link NoSpaceException}, nothing else does, and as soon as
 * there is space the next one succeeds.
 *
 * <p>Space is taken in granules of 64 KiB (more on disks beyond 16 TiB) and remembered by one bit for each: a granule
 * that is known costs one look. Nothing is known after an open, and the first write into a granule asks the system.
 * Where the system cannot reserve, writes go through as they are. Any thread may call.
 */
public final class ReservingStore extends FilterStore {
    private static final int GRANULE_SHIFT_MIN = 16;
    private static final int GRANULES_MAX_SHIFT = 28;
    private static final int WORD_SHIFT = 6;

    private final int granuleShift;

    /** Writes share it; giving space back excludes them, so that none falls into a hole that it takes for reserved. */
    private final StampedLock lock = new StampedLock();

    /** One bit for each granule that has all of its space. Bits are set by writes, and cleared under the whole lock. */
    private volatile AtomicLongArray reserved;

    private volatile boolean canReserve = true;

    public ReservingStore(BackingStore store) {
        super(store);
        int sizeBits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, store.sizeBytes() - 1));
        this.granuleShift = Math.max(GRANULE_SHIFT_MIN, sizeBits - GRANULES_MAX_SHIFT);
        this.reserved = new AtomicLongArray(words(store.sizeBytes()));
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        long stamp = lock.readLock();
        try {
            take(offsetBytes, source.remaining());
            store.write(offsetBytes, source);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        return !canReserve || (!lock.isWriteLocked() && known(offsetBytes, lengthBytes));
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        long stamp = lock.writeLock();
        try {
            store.resize(sizeBytes);
            // What is cut off and comes back later is a hole: nothing of the last granule on is known any more.
            AtomicLongArray before = reserved;
            AtomicLongArray after = new AtomicLongArray(words(sizeBytes));
            for (int i = 0; i < Math.min(before.length(), after.length()); i++) {
                after.set(i, before.get(i));
            }
            reserved = after;
            forget(sizeBytes, Long.MAX_VALUE - sizeBytes);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        long stamp = lock.writeLock();
        try {
            forget(offsetBytes, lengthBytes);
            store.punch(offsetBytes, lengthBytes);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /** Zeroes take their space, too: the range is promised to stay reserved. */
    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        long stamp = lock.readLock();
        try {
            take(offsetBytes, Math.max(0, Math.min(lengthBytes, store.sizeBytes() - offsetBytes)));
            store.zero(offsetBytes, lengthBytes);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public long copyFrom(BackingStore source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        BackingStore from = source instanceof ReservingStore other ? other.store : source;
        long stamp = lock.readLock();
        try {
            take(offsetBytes, lengthBytes);
            return store.copyFrom(from, sourceBytes, offsetBytes, lengthBytes);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Under the shared lock: when this returns, the range has its space, or the system cannot say. */
    private void take(long offsetBytes, long lengthBytes) throws IOException {
        if (lengthBytes == 0 || !canReserve || known(offsetBytes, lengthBytes)) {
            return;
        }
        long endBytes = offsetBytes + lengthBytes;
        long granuleMask = (1L << granuleShift) - 1;
        long fromBytes = offsetBytes & ~granuleMask;
        long toBytes = Math.max(endBytes, Math.min((endBytes + granuleMask) & ~granuleMask, store.sizeBytes()));
        try {
            if (store.reserve(fromBytes, toBytes - fromBytes)) {
                remember(fromBytes, toBytes);
            } else {
                canReserve = false;
            }
        } catch (NoSpaceException full) {
            // Not for whole granules, maybe for these blocks alone; or they are there already, and are written again.
            store.reserve(offsetBytes, lengthBytes);
        }
    }

    private boolean known(long offsetBytes, long lengthBytes) {
        AtomicLongArray bits = reserved;
        long last = (offsetBytes + lengthBytes - 1) >>> granuleShift;
        for (long granule = offsetBytes >>> granuleShift; granule <= last; granule++) {
            int word = (int) (granule >>> WORD_SHIFT);
            if (word >= bits.length() || (bits.get(word) >>> granule & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    private void remember(long fromBytes, long toBytes) {
        AtomicLongArray bits = reserved;
        long last = (toBytes - 1) >>> granuleShift;
        for (long granule = fromBytes >>> granuleShift; granule <= last; granule++) {
            int word = (int) (granule >>> WORD_SHIFT);
            if (word < bits.length()) {
                long bit = 1L << granule;
                bits.getAndUpdate(word, before -> before | bit);
            }
        }
    }

    /** Under the whole lock. */
    private void forget(long offsetBytes, long lengthBytes) {
        AtomicLongArray bits = reserved;
        if (lengthBytes <= 0) {
            return;
        }
        long first = offsetBytes >>> granuleShift;
        long last =
                Math.min((offsetBytes + lengthBytes - 1) >>> granuleShift, ((long) bits.length() << WORD_SHIFT) - 1);
        for (long granule = first; granule <= last; ) {
            int word = (int) (granule >>> WORD_SHIFT);
            long inWord = granule & (Long.SIZE - 1);
            long count = Math.min(Long.SIZE - inWord, last - granule + 1);
            long mask = count == Long.SIZE ? -1L : ((1L << count) - 1) << inWord;
            bits.set(word, bits.get(word) & ~mask);
            granule += count;
        }
    }

    private int words(long sizeBytes) {
        long granules = (sizeBytes + (1L << granuleShift) - 1) >>> granuleShift;
        return Math.toIntExact((granules + Long.SIZE - 1) >>> WORD_SHIFT);
    }
}
