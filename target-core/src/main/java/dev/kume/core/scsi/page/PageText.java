package dev.kume.core.scsi.page;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** ASCII fields, left-aligned and padded with spaces; SPC-4 4.4.1. */
final class PageText {
    private PageText() {}

    /** Puts as much of {@code text} as fits. */
    static void put(byte[] data, int at, int fieldBytes, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        int textBytes = Math.min(ascii.length, fieldBytes);
        System.arraycopy(ascii, 0, data, at, textBytes);
        Arrays.fill(data, at + textBytes, at + fieldBytes, (byte) ' ');
    }
}
