package dev.kume.core.disk.block;

/**
 * What a map knows of one block, in one long: the state in the lowest bits, and the offset of the block's data in the
 * file, a multiple of 512, in the others.
 */
public final class Entry {
    /** Not in this file: the parent has it, or it is zeroes where there is none. */
    public static final int ABSENT = 0;
    /** Zeroes, whatever the parent has; takes no space. */
    public static final int ZERO = 1;
    /** All of it is in this file. */
    public static final int FULL = 2;
    /** A map of its sectors says what of it is in this file; the rest is as of an absent block. */
    public static final int PARTIAL = 3;

    private static final long STATE_MASK = 7;
    private static final long OFFSET_MASK = ~511L;

    private Entry() {}

    public static long of(int state, long dataBytes) {
        assert (dataBytes & ~OFFSET_MASK) == 0 : dataBytes;
        return dataBytes | state;
    }

    public static int state(long entry) {
        return (int) (entry & STATE_MASK);
    }

    /** Where the data of a {@link #FULL} or {@link #PARTIAL} block begins in the file. */
    public static long dataBytes(long entry) {
        return entry & OFFSET_MASK;
    }

    /** True when the block takes space in the file. */
    public static boolean hasSpace(long entry) {
        return state(entry) >= FULL;
    }
}
