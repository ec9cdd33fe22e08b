package dev.kume.core.inventory;

import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Who a disk is on the wire: made once, random, stored with the disk, never derived from a name, LUN or path, never
 * used again.
 *
 * @param uuid   random; also the unique id inside the disk file where the format has one
 * @param serial VPD page 80h: 16 upper-case hexadecimal digits; some hosts look at the first eight alone
 * @param naa    designator of VPD page 83h, SPC-4 7.8.6.6.5 (NAA 6): 32 lower-case hexadecimal digits
 */
public record DiskIdentity(UUID uuid, String serial, String naa) {
    /** How many characters of the serial number must differ between disks. */
    public static final int SERIAL_PREFIX = 8;

    /**
     * NAA 6, then a company id with the locally-administered bit set: it is nobody's, and no vendor's driver claims it.
     */
    private static final String NAA_PREFIX = "6024b55";

    private static final int NAA_DIGITS = 32;
    private static final Pattern SERIAL = Pattern.compile("[0-9A-F]{16}");
    private static final Pattern NAA = Pattern.compile("6[0-9a-f]{31}");

    public DiskIdentity {
        if (!SERIAL.matcher(serial).matches()) {
            throw InventoryException.invalid(
                    "the serial '%s' is not one".formatted(serial), "it has 16 upper-case hexadecimal digits");
        }
        if (!NAA.matcher(naa).matches()) {
            throw InventoryException.invalid(
                    "the NAA designator '%s' is not one".formatted(naa),
                    "it has 32 lower-case hexadecimal digits, the first of them 6");
        }
    }

    /** A new identity. */
    public static DiskIdentity random(RandomGenerator random) {
        HexFormat hex = HexFormat.of();
        long high = (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        String serial = hex.toHexDigits(random.nextLong()).toUpperCase(Locale.ROOT);
        // The serial is part of the designator, so that a person can match the two at a glance.
        String tail = serial.toLowerCase(Locale.ROOT) + hex.toHexDigits(random.nextLong());
        return new DiskIdentity(
                new UUID(high, low), serial, NAA_PREFIX + tail.substring(0, NAA_DIGITS - NAA_PREFIX.length()));
    }

    /** First eight bytes of the designator. */
    public long naaHigh() {
        return Long.parseUnsignedLong(naa.substring(0, 16), 16);
    }

    /** Last eight bytes of the designator. */
    public long naaLow() {
        return Long.parseUnsignedLong(naa.substring(16), 16);
    }

    /** True when a host could take one disk for the other. */
    boolean mistakableFor(DiskIdentity other) {
        return uuid.equals(other.uuid)
                || naa.equals(other.naa)
                || serial.regionMatches(0, other.serial, 0, SERIAL_PREFIX);
    }
}
