package dev.kume.protocol.pdu;

/**
 * Logical unit numbers: the eight raw bytes of the header (SAM-5 section 4.7) against the number an administrator
 * gives. Single level only: peripheral device addressing on bus 0 for 0 to 255, flat space addressing up to 16383.
 */
public final class Lun {
    /** What no mapping can have: the raw bytes address something this target never reports. */
    public static final int NO_SUCH_LUN = -1;

    /** The largest number that flat space addressing can hold. */
    public static final int NUMBER_MAX = 0x3FFF;

    private static final int PERIPHERAL_MAX = 0xFF;
    private static final int FLAT_SPACE = 0x4000;
    private static final int FIRST_LEVEL_SHIFT = 48;

    private Lun() {}

    /** The LUN number of the raw bytes, or {@link #NO_SUCH_LUN}. */
    public static int number(long raw) {
        if (raw << (Long.SIZE - FIRST_LEVEL_SHIFT) != 0) {
            return NO_SUCH_LUN;
        }
        int firstLevel = (int) (raw >>> FIRST_LEVEL_SHIFT);
        if (firstLevel <= PERIPHERAL_MAX) {
            return firstLevel;
        }
        return (firstLevel & ~NUMBER_MAX) == FLAT_SPACE ? firstLevel & NUMBER_MAX : NO_SUCH_LUN;
    }

    /** The raw bytes of a LUN number from 0 to {@link #NUMBER_MAX}. */
    public static long raw(int number) {
        assert number >= 0 && number <= NUMBER_MAX : "no single-level LUN: " + number;
        long firstLevel = number <= PERIPHERAL_MAX ? number : FLAT_SPACE | number;
        return firstLevel << FIRST_LEVEL_SHIFT;
    }
}
