package dev.kume.core.disk.vhd;

import dev.kume.core.store.BackingStore;
import java.io.IOException;

/** Puts right what a crash may have left of the footers of a VHD that can be written. */
final class VhdRecovery {
    private static final int SECTOR_BYTES = 512;

    private VhdRecovery() {}

    /** The footer that holds is where it belongs, alone. */
    static void settleFixed(BackingStore store, Footers footers) throws IOException {
        if (footers.tailProblem() == null || store.readOnly()) {
            return;
        }
        store.write(footers.tailBytes(), footers.bytes().duplicate());
        store.flush();
        store.resize(footers.tailBytes() + VhdFooter.BYTES);
        store.flush();
    }

    /**
     * The footer that holds is at both ends. A file with a bad entry in its table stays as it is: it is going to be
     * refused, and what is behind the last good block may be a part of another.
     *
     * @return the file as it is then
     */
    static MappedVhd settleMapped(BackingStore store, MappedVhd file) throws IOException {
        Footers footers = file.footers();
        if (store.readOnly() || (footers.headProblem() == null && footers.tailProblem() == null)) {
            return file;
        }
        long endBytes = endBytes(store, file);
        if (endBytes < 0) {
            return file;
        }
        if (footers.headProblem() != null) {
            store.write(0, footers.bytes().duplicate());
            store.flush();
        }
        if (footers.tailProblem() != null) {
            // Nothing is cut off: a process that was killed may have left bytes there that its notes refer to.
            long lastSector = Math.ceilDiv(store.sizeBytes(), (long) SECTOR_BYTES) * SECTOR_BYTES - VhdFooter.BYTES;
            long at = Math.max(endBytes, lastSector);
            if (store.sizeBytes() < at + VhdFooter.BYTES) {
                store.resize(at + VhdFooter.BYTES);
            }
            store.write(at, footers.bytes().duplicate());
            store.flush();
        }
        return MappedVhd.read(store, Footers.read(store));
    }

    /** Where the last thing ends that the file refers to; -1 when an entry of the table is bad. */
    static long endBytes(BackingStore store, MappedVhd file) throws IOException {
        long tailBytes = file.tailBytes(store);
        long[] end = {VhdFooter.BYTES};
        boolean[] bad = {false};
        for (MappedVhd.Piece piece : file.pieces()) {
            end[0] = Math.max(end[0], piece.endBytes());
        }
        new BlockTable(store, file.header()).scan(file.blocks(), (block, entry) -> {
            bad[0] |= file.problemOf(entry, tailBytes) != null;
            end[0] = Math.max(end[0], Integer.toUnsignedLong(entry) * SECTOR_BYTES + file.slotBytes());
        });
        return bad[0] ? -1 : end[0];
    }
}
