package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the BAT from one end to the other, past its holes: the empty one of a disk of 64 TB costs little. */
final class BatScan {
    private static final int STEP_BYTES = 1 << 20;

    private BatScan() {}

    /** Hears an entry that is not zero. */
    @FunctionalInterface
    interface Visitor {
        void at(long index, long entry) throws IOException;
    }

    /**
     * Tells the entries that are not zero, in order.
     *
     * @param batOffset where the first entry stands in the file
     * @param from      the index of the first to look at
     * @param to        the index behind the last
     */
    static void run(BackingStore store, long batOffset, long from, long to, Visitor visitor) throws IOException {
        ByteBuffer step = Bytes.allocate(STEP_BYTES);
        long at = batOffset + from * BatEntry.BYTES;
        long end = batOffset + to * BatEntry.BYTES;
        while (at < end) {
            Extent extent = store.extentAt(at, end - at);
            if (!extent.allocated()) {
                // An entry that begins in the hole may end behind it.
                long skipped = at + extent.lengthBytes();
                at = skipped >= end ? end : Math.max(at, skipped - Math.floorMod(skipped - batOffset, BatEntry.BYTES));
                if (extent.lengthBytes() >= BatEntry.BYTES) {
                    continue;
                }
            }
            int bytes = (int) Math.min(STEP_BYTES, end - at);
            store.read(at, step.clear().limit(bytes));
            long first = (at - batOffset) / BatEntry.BYTES;
            for (int i = 0; i < bytes; i += BatEntry.BYTES) {
                long entry = step.getLong(i);
                if (entry != 0) {
                    visitor.at(first + i / BatEntry.BYTES, entry);
                }
            }
            at += bytes;
        }
    }
}
