package dev.kume.core.scsi.command;

/** Where the block commands keep LOGICAL BLOCK ADDRESS and TRANSFER LENGTH, by CDB size; SPC-4 4.2.5. */
enum CdbForm {
    SIX(4),
    TEN(7),
    TWELVE(6),
    SIXTEEN(10);

    private static final int BLOCKS_FOR_ZERO_IN_SIX = 256;
    private static final int LBA_BITS_IN_SIX = 0x1F_FFFF;

    private final int lengthByte;

    CdbForm(int lengthByte) {
        this.lengthByte = lengthByte;
    }

    /** The first byte of the TRANSFER LENGTH field. */
    int lengthByte() {
        return lengthByte;
    }

    BlockRange range(byte[] cdb) {
        return switch (this) {
            case SIX -> {
                int length = Cdb.unsignedByte(cdb, 4);
                // SBC-3 5.11: zero means 256 in the 6-byte commands, and nothing at all in the others.
                yield new BlockRange(
                        Cdb.unsignedInt(cdb, 0) & LBA_BITS_IN_SIX, length == 0 ? BLOCKS_FOR_ZERO_IN_SIX : length);
            }
            case TEN -> new BlockRange(Cdb.unsignedInt(cdb, 2), Cdb.unsignedShort(cdb, 7));
            case TWELVE -> new BlockRange(Cdb.unsignedInt(cdb, 2), Cdb.unsignedInt(cdb, 6));
            case SIXTEEN -> new BlockRange(Cdb.longAt(cdb, 2), Cdb.unsignedInt(cdb, 10));
        };
    }
}
