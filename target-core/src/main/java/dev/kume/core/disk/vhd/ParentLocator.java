package dev.kume.core.disk.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One of the eight places of a dynamic disk header that say where a path of the parent stands in the file (VHD
 * specification, "Parent Locator Entries").
 *
 * <pre>
 *   0  platform code                   8  platform data length, bytes
 *   4  platform data space            12  reserved
 *                                     16  platform data offset
 * </pre>
 *
 * <p>The specification counts the space in sectors; Virtual PC and Hyper-V write bytes. Kume writes bytes, a multiple
 * of 512, which no reader takes for something else.
 *
 * @param platformCode what kind of path it is, four letters; 0 for a place that is not used
 * @param dataSpace    as in the file
 * @param dataLength   bytes of the path
 * @param dataOffset   where the path begins in the file
 */
record ParentLocator(int platformCode, int dataSpace, int dataLength, long dataOffset) {
    static final int BYTES = 24;
    static final int COUNT = 8;

    /** A path of more than 32767 UTF-16 characters is none in any system. */
    static final int LENGTH_MAX = 1 << 16;

    static final int NONE = 0;
    /** Relative path, UTF-16 little-endian. */
    static final int W2RU = code("W2ru");
    /** Absolute path, UTF-16 little-endian. */
    static final int W2KU = code("W2ku");
    /** File URL, UTF-8. */
    static final int MACX = code("MacX");
    /** Relative path in a code page, deprecated. */
    static final int WI2R = code("Wi2r");
    /** Absolute path in a code page, deprecated. */
    static final int WI2K = code("Wi2k");

    private static final int DATA_SPACE = 4;
    private static final int DATA_LENGTH = 8;
    private static final int DATA_OFFSET = 16;
    private static final int SECTOR_BYTES = 512;

    static ParentLocator parse(ByteBuffer header, int at) {
        return new ParentLocator(
                header.getInt(at),
                header.getInt(at + DATA_SPACE),
                header.getInt(at + DATA_LENGTH),
                header.getLong(at + DATA_OFFSET));
    }

    void encode(ByteBuffer header, int at) {
        header.putInt(at, platformCode)
                .putInt(at + DATA_SPACE, dataSpace)
                .putInt(at + DATA_LENGTH, dataLength)
                .putInt(at + DATA_LENGTH + Integer.BYTES, 0)
                .putLong(at + DATA_OFFSET, dataOffset);
    }

    /** True when Kume knows what kind of path it is. */
    boolean isKnown() {
        return platformCode == W2RU
                || platformCode == W2KU
                || platformCode == MACX
                || platformCode == WI2R
                || platformCode == WI2K;
    }

    /** Bytes of the file that the path itself takes, whole sectors. */
    int usedBytes() {
        return Math.ceilDiv(dataLength, SECTOR_BYTES) * SECTOR_BYTES;
    }

    /** The platform code as it is written: {@code W2ru}. */
    String codeText() {
        byte[] letters = ByteBuffer.allocate(Integer.BYTES).putInt(platformCode).array();
        for (byte letter : letters) {
            if (letter < ' ' || letter > '~') {
                return String.format(Locale.ROOT, "%08X", platformCode);
            }
        }
        return new String(letters, StandardCharsets.US_ASCII);
    }

    private static int code(String letters) {
        return ByteBuffer.wrap(letters.getBytes(StandardCharsets.US_ASCII)).getInt();
    }
}
