package dev.kume.core.disk.vhd;

import dev.kume.core.disk.block.FileSpace;
import java.util.List;

/**
 * The beginning of the file, before table and blocks: a place where a new header can stand beside the one that holds.
 * Kume leaves room for that in its own files; others have little or none.
 *
 * @param endBytes where it ends; all before that is nobody else's
 */
record FrontSpace(long endBytes) {
    static final FrontSpace NONE = new FrontSpace(0);

    private static final long END_BYTES_MAX = 64L << 10;
    private static final String TABLE = "block allocation table";

    /** @param firstSlotBytes where the first block begins */
    static FrontSpace of(List<MappedVhd.Piece> pieces, long firstSlotBytes) {
        long end = Math.min(END_BYTES_MAX, firstSlotBytes);
        for (MappedVhd.Piece piece : pieces) {
            if (piece.name().equals(TABLE)) {
                end = Math.min(end, piece.beginBytes());
            }
        }
        long last = 0;
        for (MappedVhd.Piece piece : pieces) {
            // One behind the front says nothing of it: a block whose entry is not durable yet may lie in between.
            if (piece.beginBytes() <= end) {
                last = Math.max(last, piece.endBytes());
            }
        }
        return new FrontSpace(Math.min(end, last));
    }

    /** Tells what is in use: all of the front, and the pieces behind it. */
    void use(FileSpace space, List<MappedVhd.Piece> pieces) {
        space.use(0, endBytes);
        for (MappedVhd.Piece piece : pieces) {
            long begin = Math.max(piece.beginBytes(), endBytes);
            if (begin < piece.endBytes()) {
                space.use(begin, piece.endBytes() - begin);
            }
        }
    }

    /** Gives a piece back, as far as it lies behind the front. */
    void free(FileSpace space, long beginBytes, long lengthBytes) {
        long begin = Math.max(beginBytes, endBytes);
        if (begin < beginBytes + lengthBytes) {
            space.free(begin, beginBytes + lengthBytes - begin);
        }
    }

    /** A place in the front for so many bytes, at the end of its largest gap; -1 when there is none. */
    long placeFor(List<MappedVhd.Piece> pieces, int lengthBytes) {
        long bytes = Math.ceilDiv(lengthBytes, VhdFooter.BYTES) * (long) VhdFooter.BYTES;
        long largest = 0;
        long gapEnd = -1;
        long at = 0;
        for (MappedVhd.Piece piece : pieces) {
            long next = Math.min(piece.beginBytes(), endBytes);
            if (next - at > largest) {
                largest = next - at;
                gapEnd = next;
            }
            at = Math.max(at, piece.endBytes());
        }
        if (endBytes - at > largest) {
            largest = endBytes - at;
            gapEnd = endBytes;
        }
        long begin = Math.floorDiv(gapEnd, (long) VhdFooter.BYTES) * VhdFooter.BYTES - bytes;
        return gapEnd >= 0 && begin >= gapEnd - largest ? begin : -1;
    }
}
