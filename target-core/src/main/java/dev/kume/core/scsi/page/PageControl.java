package dev.kume.core.scsi.page;

/** PC field of MODE SENSE, SPC-4 table 159: which values of a page are asked for. */
public enum PageControl {
    CURRENT,
    CHANGEABLE,
    DEFAULT,
    SAVED;

    /** From the byte of the CDB that has the field in its two high bits. */
    public static PageControl of(byte cdbByte) {
        return switch (cdbByte >>> 6 & 3) {
            case 0 -> CURRENT;
            case 1 -> CHANGEABLE;
            case 2 -> DEFAULT;
            default -> SAVED;
        };
    }
}
