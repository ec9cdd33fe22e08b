package dev.kume.core.inventory;

import org.jspecify.annotations.Nullable;

/**
 * What a disk tells initiators that it is, and how it begins: nothing of it is about its bytes.
 *
 * @param writeCache   false: a write is durable before it is answered, until an initiator switches the cache on by
 *                     MODE SELECT; the default and the saved WCE bit (SBC-3 6.4.5)
 * @param rotationRate MEDIUM ROTATION RATE (SBC-3 6.5.2): {@link #SSD}, or {@link #RPM_MIN} to {@link #RPM_MAX}
 *                     revolutions per minute
 * @param vendor       VENDOR IDENTIFICATION (SPC-4 6.6.2), at most {@link #VENDOR_CHARACTERS} of ASCII
 * @param product      PRODUCT IDENTIFICATION, at most {@link #PRODUCT_CHARACTERS} of ASCII
 */
public record DiskProfile(boolean writeCache, int rotationRate, String vendor, String product) {
    public static final int SSD = 0x0001;
    public static final int RPM_MIN = 0x0401;
    public static final int RPM_MAX = 0xFFFE;
    public static final int VENDOR_CHARACTERS = 8;
    public static final int PRODUCT_CHARACTERS = 16;

    /** What a disk is of which nothing else is said. */
    public static final DiskProfile DEFAULT = new DiskProfile(true, SSD, "KUME", "Virtual Disk");

    private static final String SSD_WORD = "ssd";

    public DiskProfile {
        if (rotationRate != SSD && (rotationRate < RPM_MIN || rotationRate > RPM_MAX)) {
            throw notRotation(Integer.toString(rotationRate));
        }
        checkText("vendor", vendor, VENDOR_CHARACTERS);
        checkText("product", product, PRODUCT_CHARACTERS);
    }

    /** Changes what is not null. */
    public DiskProfile with(Changes changes) {
        return new DiskProfile(
                changes.writeCache() == null ? writeCache : changes.writeCache(),
                changes.rotationRate() == null ? rotationRate : changes.rotationRate(),
                changes.vendor() == null ? vendor : changes.vendor(),
                changes.product() == null ? product : changes.product());
    }

    /** The rotation as people write it: {@code ssd}, or the revolutions per minute. */
    public String rotation() {
        return rotationRate == SSD ? SSD_WORD : Integer.toString(rotationRate);
    }

    /** The rate of such a word, else {@link InventoryException.Kind#INVALID}. */
    public static int rotationRate(String word) {
        if (word.equalsIgnoreCase(SSD_WORD)) {
            return SSD;
        }
        try {
            int rate = Integer.parseInt(word);
            if (rate >= RPM_MIN && rate <= RPM_MAX) {
                return rate;
            }
        } catch (NumberFormatException e) {
            throw notRotation(word);
        }
        throw notRotation(word);
    }

    /** True when both look the same to INQUIRY: standard data and vital product data. */
    public boolean looksLike(DiskProfile other) {
        return hasNameOf(other) && rotationRate == other.rotationRate;
    }

    /** True when both have the same vendor and product, by which hosts choose their drivers. */
    public boolean hasNameOf(DiskProfile other) {
        return vendor.equals(other.vendor) && product.equals(other.product);
    }

    private static InventoryException notRotation(String word) {
        return InventoryException.invalid(
                "'%s' is not a rotation".formatted(word),
                "use ssd, or revolutions per minute from %d to %d, such as 7200".formatted(RPM_MIN, RPM_MAX));
    }

    /** SPC-4 4.4.1: ASCII data fields hold 20h to 7Eh, and are padded with spaces at their end. */
    private static void checkText(String field, String text, int charactersMax) {
        boolean printable = text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
        if (text.isEmpty() || text.length() > charactersMax || !printable || !text.equals(text.strip())) {
            String shown = printable && text.length() <= 64 ? "the %s '%s'".formatted(field, text) : "this " + field;
            throw InventoryException.invalid(
                    "%s cannot be told to initiators".formatted(shown),
                    "use 1 to %d characters of ASCII, without spaces at the ends".formatted(charactersMax));
        }
    }

    /** What is to be changed; null stays. */
    public record Changes(
            @Nullable Boolean writeCache,
            @Nullable Integer rotationRate,
            @Nullable String vendor,
            @Nullable String product) {
        /** The same with the rotation as people write it. */
        public static Changes of(
                @Nullable Boolean writeCache,
                @Nullable String rotation,
                @Nullable String vendor,
                @Nullable String product) {
            return new Changes(
                    writeCache, rotation == null ? null : DiskProfile.rotationRate(rotation), vendor, product);
        }
    }
}
