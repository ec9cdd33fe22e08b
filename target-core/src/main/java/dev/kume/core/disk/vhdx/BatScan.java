package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the BAT from one end to the other, past its holes: the empty one of a disk of 64 TB costs little. */
final class BatScan {
    private static final int STEP_BYTES = 1 << 20;

    private BatScan() {}

    /** Hears an entry that is not zero. */
    @FunctionalInterface
    interface Visitor {
        void at(long index, long entry) throws IOException;
    }

    /** A piece with data, from one entry to another. */
    private record Piece(long from, long to) {}

    /**
     * Tells the entries that are not zero, in order.
     *
     * @param batOffset where the first entry stands in the file
     * @param from      the index of the first to look at
     * @param to        the index behind the last
     */
    static void run(BackingStore store, long batOffset, long from, long to, Visitor visitor) throws IOException {
        ByteBuffer step = Bytes.allocate(STEP_BYTES);
        for (Piece piece : pieces(store, batOffset, from, to)) {
            for (long first = piece.from(); first < piece.to(); first += STEP_BYTES / BatEntry.BYTES) {
                int bytes = (int) Math.min(STEP_BYTES, (piece.to() - first) * BatEntry.BYTES);
                store.read(batOffset + first * BatEntry.BYTES, step.clear().limit(bytes));
                for (int i = 0; i < bytes; i += BatEntry.BYTES) {
                    long entry = step.getLong(i);
                    if (entry != 0) {
                        visitor.at(first + i / BatEntry.BYTES, entry);
                    }
                }
            }
        }
    }

    /**
     * All of them before the first is read: a system reads ahead, and then takes what it has read, zeroes of reserved
     * space, for data.
     */
    private static List<Piece> pieces(BackingStore store, long batOffset, long from, long to) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        long end = batOffset + to * BatEntry.BYTES;
        long behindLast = from;
        for (long at = batOffset + from * BatEntry.BYTES; at < end; ) {
            Extent extent = store.extentAt(at, end - at);
            if (extent.allocated()) {
                long first = Math.max(behindLast, (at - batOffset) / BatEntry.BYTES);
                behindLast = Math.ceilDiv(at + extent.lengthBytes() - batOffset, (long) BatEntry.BYTES);
                if (first < behindLast) {
                    pieces.add(new Piece(first, behindLast));
                }
            }
            at += extent.lengthBytes();
        }
        return pieces;
    }
}
