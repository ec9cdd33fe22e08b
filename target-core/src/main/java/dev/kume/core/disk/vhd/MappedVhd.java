package dev.kume.core.disk.vhd;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The structures of a dynamic or differencing VHD as they stand in the file, checked one by one and against each other.
 *
 * @param footers of the file
 * @param header  the dynamic disk header that holds
 * @param parent  how a differencing disk names its parent, else null
 * @param pieces  of the file that belong to no block, in the order of the file
 */
record MappedVhd(
        Footers footers, DynamicHeader header, @Nullable ParentLink parent, List<Piece> pieces) {
    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS_PER_BITMAP_SECTOR = SECTOR_BYTES * Byte.SIZE;

    /** A piece of the file. */
    record Piece(String name, long beginBytes, long endBytes) {
        boolean overlaps(long begin, long end) {
            return begin < endBytes && beginBytes < end;
        }
    }

    /**
     * Reads and checks everything but the entries of the table.
     *
     * @throws DiskFormatException that names the field
     */
    static MappedVhd read(BackingStore store, Footers footers) throws IOException {
        DynamicHeader header = DynamicHeader.read(store, footers.fields());
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece("copy of the footer", 0, VhdFooter.BYTES));
        add(store, pieces, piece("dynamic disk header", header.offsetBytes(), DynamicHeader.BYTES));
        add(store, pieces, piece("block allocation table", header.tableOffset(), header.tableBytes()));
        boolean differencing = footers.fields().diskType() == VhdFooter.TYPE_DIFFERENCING;
        ParentLink parent = null;
        if (differencing) {
            parent = ParentName.read(store, header);
            for (ParentLocator locator : header.locators()) {
                if (locator.dataLength() > 0) {
                    String name = "parent locator " + locator.codeText();
                    add(store, pieces, piece(name, locator.dataOffset(), locator.usedBytes()));
                }
            }
        }
        pieces.sort((a, b) -> Long.compare(a.beginBytes(), b.beginBytes()));
        return new MappedVhd(footers, header, parent, List.copyOf(pieces));
    }

    DiskType type() {
        return footers.fields().diskType() == VhdFooter.TYPE_DYNAMIC ? DiskType.DYNAMIC : DiskType.DIFFERENCING;
    }

    long sizeBytes() {
        return footers.fields().currentSizeBytes();
    }

    /** Blocks that the disk has; the table may have room for more. */
    long blocks() {
        return Math.ceilDiv(sizeBytes(), header.blockBytes());
    }

    /** What stands before the data of a block: one bit for each sector, in whole sectors. */
    int bitmapBytes() {
        return bitmapBytes(header.blockBytes());
    }

    static int bitmapBytes(long blockBytes) {
        return (int) Math.ceilDiv(blockBytes / SECTOR_BYTES, (long) SECTORS_PER_BITMAP_SECTOR) * SECTOR_BYTES;
    }

    long slotBytes() {
        return bitmapBytes() + header.blockBytes();
    }

    /** Where the footer at the end begins, or the file ends when there is none. */
    long tailBytes(BackingStore store) {
        return footers.tailProblem() == null ? footers.tailBytes() : store.sizeBytes();
    }

    /**
     * What is wrong with an entry of the table that is used, or null.
     *
     * @param tailBytes where the footer at the end begins, or the file ends when there is none
     */
    @Nullable
    String problemOf(int entry, long tailBytes) {
        long begin = Integer.toUnsignedLong(entry) * SECTOR_BYTES;
        long end = begin + slotBytes();
        if (end > tailBytes) {
            return "says %08X: its block from offset %d to %d does not end before the %s at %d"
                    .formatted(
                            entry, begin, end, footers.tailProblem() == null ? "footer" : "end of the file", tailBytes);
        }
        for (Piece piece : pieces) {
            if (piece.overlaps(begin, end)) {
                return "says %08X: its block from offset %d to %d lies over the %s at %d"
                        .formatted(entry, begin, end, piece.name(), piece.beginBytes());
            }
        }
        return null;
    }

    private static Piece piece(String name, long beginBytes, long lengthBytes) {
        return new Piece(name, beginBytes, beginBytes + lengthBytes);
    }

    private static void add(BackingStore store, List<Piece> pieces, Piece piece) throws DiskFormatException {
        for (Piece other : pieces) {
            if (other.overlaps(piece.beginBytes(), piece.endBytes())) {
                throw new DiskFormatException("%s: the %s at offset %d lies over the %s at offset %d: restore the file"
                        .concat(" from a copy")
                        .formatted(
                                store.location(), piece.name(), piece.beginBytes(), other.name(), other.beginBytes()));
            }
        }
        pieces.add(piece);
    }
}
