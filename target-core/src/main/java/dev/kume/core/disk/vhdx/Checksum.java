package dev.kume.core.disk.vhdx;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C over a structure whose own checksum field, 4 bytes at offset 4, counts as zero. */
final class Checksum {
    static final int AT = 4;

    private Checksum() {}

    static int of(ByteBuffer structure) {
        CRC32C crc = new CRC32C();
        crc.update(structure.slice(0, AT));
        crc.update(new byte[Integer.BYTES]);
        crc.update(structure.slice(AT + Integer.BYTES, structure.limit() - AT - Integer.BYTES));
        return (int) crc.getValue();
    }

    static boolean isRight(ByteBuffer structure) {
        return structure.getInt(AT) == of(structure);
    }

    static void put(ByteBuffer structure) {
        structure.putInt(AT, of(structure));
    }
}
