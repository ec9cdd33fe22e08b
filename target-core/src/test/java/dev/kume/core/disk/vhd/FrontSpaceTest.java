package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FrontSpaceTest {
    private static final MappedVhd.Piece FOOTER = new MappedVhd.Piece("copy of the footer", 0, 512);

    private static MappedVhd.Piece table(long beginBytes) {
        return new MappedVhd.Piece("block allocation table", beginBytes, beginBytes + 4096);
    }

    private static MappedVhd.Piece header(long beginBytes) {
        return new MappedVhd.Piece("dynamic disk header", beginBytes, beginBytes + 1024);
    }

    @Test
    void endsWhereTheTableBegins() {
        assertEquals(
                8192,
                FrontSpace.of(List.of(FOOTER, header(512), table(8192)), 65536).endBytes());
        assertEquals(
                1536,
                FrontSpace.of(List.of(FOOTER, header(512), table(1536)), 65536).endBytes());
    }

    /**
     * A block may have moved to the place behind the header when the process was killed: its entry is in the notes
     * alone, and the file knows of blocks far behind only, as it knows of a table that has moved there.
     */
    @Test
    void aTableFarBehindDoesNotMakeItLonger() {
        long afterTheHeader = 52736;
        List<MappedVhd.Piece> pieces = List.of(FOOTER, header(afterTheHeader - 1024), table(5_861_376));
        assertEquals(afterTheHeader, FrontSpace.of(pieces, 581_120).endBytes());
    }
}
