package dev.kume.core.disk.vhd;

import dev.kume.core.disk.block.SectorMap;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bitmap before the data of a block: one bit for each sector, the highest of the first byte for the first sector; 1
 * for one that is in this file (VHD specification, "Data Blocks"). Padded to whole sectors.
 */
final class SectorBitmap {
    private SectorBitmap() {}

    /** All sectors are there. */
    static ByteBuffer full(int bitmapBytes) {
        byte[] ones = new byte[bitmapBytes];
        Arrays.fill(ones, (byte) 0xFF);
        return ByteBuffer.wrap(ones);
    }

    static ByteBuffer encode(SectorMap sectors, int bitmapBytes) {
        ByteBuffer bitmap = ByteBuffer.allocate(Math.max(bitmapBytes, sectors.words() * Long.BYTES));
        for (int word = 0; word < sectors.words(); word++) {
            bitmap.putLong(word * Long.BYTES, Long.reverse(sectors.word(word)));
        }
        return bitmap.limit(bitmapBytes);
    }

    static void decode(ByteBuffer bitmap, SectorMap into) {
        for (int word = 0; word < into.words(); word++) {
            long bits = Long.reverse(bitmap.getLong(word * Long.BYTES));
            int left = into.sectors() - word * Long.SIZE;
            into.add(word, left < Long.SIZE ? bits & ((1L << left) - 1) : bits);
        }
    }
}
