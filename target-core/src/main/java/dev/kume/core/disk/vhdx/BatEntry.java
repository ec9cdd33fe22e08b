package dev.kume.core.disk.vhdx;

/** One entry of the BAT ([MS-VHDX] 2.5.1): the state in the lowest 3 bits, 17 reserved ones, and the offset in MB. */
final class BatEntry {
    static final int BYTES = 8;

    static final int NOT_PRESENT = 0;
    static final int UNDEFINED = 1;
    static final int ZERO = 2;
    static final int UNMAPPED = 3;
    static final int FULLY_PRESENT = 6;
    static final int PARTIALLY_PRESENT = 7;

    /** Of the entry of a sector bitmap block. */
    static final int BITMAP_PRESENT = 6;

    private static final long STATE_MASK = 7;
    private static final long OFFSET_MASK = -Bytes.MIB;

    private BatEntry() {}

    static long of(int state, long offsetBytes) {
        assert (offsetBytes & ~OFFSET_MASK) == 0 : offsetBytes;
        return offsetBytes | state;
    }

    static int state(long entry) {
        return (int) (entry & STATE_MASK);
    }

    /** Where the block is; negative when that is beyond what any file has. */
    static long offsetBytes(long entry) {
        return entry & OFFSET_MASK;
    }

    /**
     * True when nobody else may have the space at the offset of a payload block: it is the block's, or its old content,
     * which a writer may take up again (2.5.1.1, UNDEFINED and UNMAPPED). Elsewhere the offset means nothing.
     */
    static boolean holdsSpace(long entry) {
        return switch (state(entry)) {
            case FULLY_PRESENT, PARTIALLY_PRESENT -> true;
            case UNDEFINED, UNMAPPED -> offsetBytes(entry) != 0;
            default -> false;
        };
    }

    static long reserved(long entry) {
        return entry & ~OFFSET_MASK & ~STATE_MASK;
    }
}
