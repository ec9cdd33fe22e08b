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
     * The footer that holds is at both ends.
     *
     * @return the file as it is then
     */
    static MappedVhd settleMapped(BackingStore store, MappedVhd file) throws IOException {
        Footers footers = file.footers();
        if (store.readOnly() || (footers.headProblem() == null && footers.tailProblem() == null)) {
            return file;
        }
        if (footers.headProblem() != null) {
            store.write(0, footers.bytes().duplicate());
            store.flush();
        }
        if (footers.tailProblem() != null) {
            long at = Math.max(endBytes(store, file), footers.tailBytes());
            if (store.sizeBytes() < at + VhdFooter.BYTES) {
                store.resize(at + VhdFooter.BYTES);
            }
            store.write(at, footers.bytes().duplicate());
            store.flush();
        }
        return MappedVhd.read(store, Footers.read(store));
    }

    /** Where the last thing ends that the file refers to, at most the end of the file. */
    static long endBytes(BackingStore store, MappedVhd file) throws IOException {
        long[] end = {VhdFooter.BYTES};
        for (MappedVhd.Piece piece : file.pieces()) {
            end[0] = Math.max(end[0], piece.endBytes());
        }
        new BlockTable(store, file.header()).scan(file.blocks(), (block, entry) -> {
            long slotEnd = Integer.toUnsignedLong(entry) * SECTOR_BYTES + file.slotBytes();
            if (slotEnd <= store.sizeBytes()) {
                end[0] = Math.max(end[0], slotEnd);
            }
        });
        return end[0];
    }
}
