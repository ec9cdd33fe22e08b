package dev.kume.core.disk.vhdx;

import java.util.UUID;

/**
 * A piece of the file with a purpose ([MS-VHDX] 2.2.3.2).
 *
 * @param id          its purpose
 * @param offsetBytes where it begins
 * @param lengthBytes its length
 * @param required    true when nobody may open the file who does not know it
 */
record Region(UUID id, long offsetBytes, long lengthBytes, boolean required) {
    static final UUID BAT = UUID.fromString("2dc27766-f623-4200-9d64-115e9bfd4a08");
    static final UUID METADATA = UUID.fromString("8b7ca206-4790-4b9a-b8fe-575f050f886e");

    boolean isKnown() {
        return id.equals(BAT) || id.equals(METADATA);
    }

    /** As messages have it. */
    String words() {
        return id.equals(BAT) ? "the BAT region" : id.equals(METADATA) ? "the metadata region" : "the region " + id;
    }
}
