package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.block.FileSpace;
import dev.kume.core.store.BackingStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The pieces of a file that are no blocks: the header section, the log and the regions. They never overlap. */
final class Structures {
    private record Piece(String words, long offsetBytes, long lengthBytes) {
        long endBytes() {
            return offsetBytes + lengthBytes;
        }
    }

    private final List<Piece> pieces;
    private final long[] begins;

    private Structures(List<Piece> pieces) {
        this.pieces = pieces;
        this.begins = pieces.stream().mapToLong(Piece::offsetBytes).toArray();
    }

    static Structures of(BackingStore store, VhdxHeader header, RegionTable table) throws DiskFormatException {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece("the header section", 0, VhdxHeaders.SECTION_BYTES));
        pieces.add(new Piece("the log", header.logOffset(), header.logBytes()));
        for (Region region : table.regions()) {
            pieces.add(new Piece(region.words(), region.offsetBytes(), region.lengthBytes()));
        }
        pieces.sort(Comparator.comparingLong(Piece::offsetBytes));
        for (int i = 1; i < pieces.size(); i++) {
            Piece before = pieces.get(i - 1);
            Piece piece = pieces.get(i);
            if (piece.offsetBytes() < before.endBytes()) {
                throw Bytes.damaged(
                        store,
                        "%s at offset %d lies over %s, which ends at %d"
                                .formatted(piece.words(), piece.offsetBytes(), before.words(), before.endBytes()));
            }
        }
        return new Structures(pieces);
    }

    /** The words for the structure that a range lies over, or an empty text when it lies over none. */
    String under(long offsetBytes, long lengthBytes) {
        int found = Arrays.binarySearch(begins, offsetBytes);
        int below = found >= 0 ? found : -found - 2;
        if (below >= 0 && pieces.get(below).endBytes() > offsetBytes) {
            return pieces.get(below).words();
        }
        int above = below + 1;
        boolean over = above < pieces.size() && pieces.get(above).offsetBytes() < offsetBytes + lengthBytes;
        return over ? pieces.get(above).words() : "";
    }

    void use(FileSpace space) {
        for (Piece piece : pieces) {
            space.use(piece.offsetBytes(), piece.lengthBytes());
        }
    }
}
