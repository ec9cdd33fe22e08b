package dev.kume.core.scsi;

/**
 * Who a logical unit is, wherever it is mapped: the same bytes through every target and portal. Serial and designator
 * are made once per disk, stored with it, never derived from a LUN, a name or a path.
 *
 * @param vendor       T10 VENDOR IDENTIFICATION, up to 8 ASCII characters
 * @param product      PRODUCT IDENTIFICATION, up to 16 ASCII characters
 * @param revision     PRODUCT REVISION LEVEL, up to 4 ASCII characters
 * @param serial       unit serial number, ASCII, page 80h
 * @param naaHigh      first eight bytes of the NAA designator of page 83h
 * @param naaLow       last eight bytes of the NAA designator of page 83h
 * @param rotationRate MEDIUM ROTATION RATE, SBC-3 6.5.2: {@link #NON_ROTATING}, or revolutions per minute
 */
public record UnitIdentity(
        String vendor, String product, String revision, String serial, long naaHigh, long naaLow, int rotationRate) {
    /** A medium that does not rotate, so that nobody defragments it. */
    public static final int NON_ROTATING = 0x0001;

    /** A unit whose medium does not rotate. */
    public UnitIdentity(String vendor, String product, String revision, String serial, long naaHigh, long naaLow) {
        this(vendor, product, revision, serial, naaHigh, naaLow, NON_ROTATING);
    }

    /** The NAA designator as administrators and udev print it: 32 hex digits. */
    public String naa() {
        return "%016x%016x".formatted(naaHigh, naaLow);
    }
}
