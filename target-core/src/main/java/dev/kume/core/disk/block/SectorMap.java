package dev.kume.core.disk.block;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** Which sectors of one block are in the file: one bit each, bit 0 of word 0 for the first. Any thread. */
public final class SectorMap {
    private final int sectors;
    private final AtomicLongArray words;
    private final AtomicInteger present = new AtomicInteger();
    private final AtomicBoolean changed = new AtomicBoolean();

    public SectorMap(int sectors) {
        this.sectors = sectors;
        this.words = new AtomicLongArray((sectors + Long.SIZE - 1) / Long.SIZE);
    }

    public int sectors() {
        return sectors;
    }

    /** 64 sectors from {@code 64 * word} on. */
    public long word(int word) {
        return words.get(word);
    }

    public int words() {
        return words.length();
    }

    /** Adds sectors, 64 from {@code 64 * word} on; false when all were there. */
    public boolean add(int word, long bits) {
        long before = words.getAndUpdate(word, now -> now | bits);
        long added = bits & ~before;
        if (added != 0) {
            present.addAndGet(Long.bitCount(added));
        }
        return added != 0;
    }

    /** Adds a range; false when all of it was there. */
    public boolean add(int fromSector, int count) {
        boolean added = false;
        int at = fromSector;
        int end = fromSector + count;
        while (at < end) {
            int inWord = at & (Long.SIZE - 1);
            int length = Math.min(Long.SIZE - inWord, end - at);
            added |= add(at / Long.SIZE, mask(inWord, length));
            at += length;
        }
        return added;
    }

    public boolean has(int sector) {
        return (words.get(sector / Long.SIZE) >>> sector & 1) != 0;
    }

    /** True when every sector of the range is there. */
    public boolean hasAll(int fromSector, int count) {
        return run(fromSector, count) == count;
    }

    /** True when all sectors of the block are there. */
    public boolean isFull() {
        return present.get() == sectors;
    }

    /** Sectors that are there. */
    public int present() {
        return present.get();
    }

    /** How many sectors from {@code fromSector} on, at most {@code max}, are as the first: there, or not. */
    public int runLength(int fromSector, int max) {
        return Math.abs(run(fromSector, max));
    }

    /**
     * The same, and which it is, both of one moment though others add sectors meanwhile: negative where they are not
     * there.
     */
    int run(int fromSector, int max) {
        boolean there = has(fromSector);
        int at = fromSector + 1;
        int end = fromSector + max;
        while (at < end) {
            long word = words.get(at / Long.SIZE);
            long others = (there ? ~word : word) >>> (at & (Long.SIZE - 1));
            int left = Long.SIZE - (at & (Long.SIZE - 1));
            int same = Math.min(left, Long.numberOfTrailingZeros(others));
            at += same;
            if (same < left) {
                break;
            }
        }
        int length = Math.min(at, end) - fromSector;
        return there ? length : -length;
    }

    /** True when what was added before this call is in the copy that is {@link #taken} next. */
    boolean isChanged() {
        return changed.get();
    }

    /** Somebody will take a copy: not before that is sure. */
    void markChanged() {
        changed.set(true);
    }

    /** A copy that nobody changes, with everything that was added before; what comes later is a new change. */
    SectorMap taken() {
        changed.set(false);
        return copy();
    }

    /** A copy that nobody changes. */
    public SectorMap copy() {
        SectorMap copy = new SectorMap(sectors);
        for (int word = 0; word < words.length(); word++) {
            long bits = words.get(word);
            if (bits != 0) {
                copy.add(word, bits);
            }
        }
        return copy;
    }

    private static long mask(int from, int length) {
        long ones = length == Long.SIZE ? -1L : (1L << length) - 1;
        return ones << from;
    }
}
