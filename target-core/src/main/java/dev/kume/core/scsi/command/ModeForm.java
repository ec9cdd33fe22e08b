package dev.kume.core.scsi.command;

/** How MODE SENSE and MODE SELECT differ between 6 and 10 bytes; SPC-4 7.5.4. */
enum ModeForm {
    SIX(4),
    TEN(8);

    private final int headerBytes;

    ModeForm(int headerBytes) {
        this.headerBytes = headerBytes;
    }

    /** Length of the mode parameter header. */
    int headerBytes() {
        return headerBytes;
    }

    /** ALLOCATION LENGTH or PARAMETER LIST LENGTH. */
    int length(byte[] cdb) {
        return this == SIX ? Cdb.unsignedByte(cdb, 4) : Cdb.unsignedShort(cdb, 7);
    }
}
