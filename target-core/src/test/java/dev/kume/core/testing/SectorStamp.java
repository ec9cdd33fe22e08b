package dev.kume.core.testing;

import java.nio.ByteBuffer;

/** The content of a sector that says which disk it is of, which place, and which write has made it: 1, 2, 3 ... */
final class SectorStamp {
    static final int SECTOR_BYTES = PowerCutStore.SECTOR_BYTES;
    private static final int STAMP_BYTES = 2 * Long.BYTES;

    /** Puts the generation into each byte of a long, so that torn sectors are told wherever they are torn. */
    private static final long EACH_BYTE = 0x0101_0101_0101L;

    private SectorStamp() {}

    /** Puts the content of one sector. */
    static void put(ByteBuffer target, int disk, long sector, long generation) {
        for (int at = 0; at < SECTOR_BYTES; at += STAMP_BYTES) {
            target.putLong((long) disk << 56 | sector).putLong(generation * EACH_BYTE);
        }
    }

    /** The generation of a sector that is of this disk and place and whole, 0 for zeroes; -1 for anything else. */
    static long generation(byte[] content, int from, int disk, long sector) {
        ByteBuffer bytes = ByteBuffer.wrap(content, from, SECTOR_BYTES).slice();
        long place = bytes.getLong(0);
        long generation = bytes.getLong(Long.BYTES) / EACH_BYTE;
        ByteBuffer expected = ByteBuffer.allocate(SECTOR_BYTES);
        if (place != 0 || generation != 0) {
            put(expected, disk, sector, generation);
        }
        return expected.clear().equals(bytes) ? generation : -1;
    }

    /** A content in words. */
    static String told(byte[] content, int from) {
        ByteBuffer bytes = ByteBuffer.wrap(content, from, SECTOR_BYTES).slice();
        long place = bytes.getLong(0);
        long generation = bytes.getLong(Long.BYTES) / EACH_BYTE;
        String stamp = place == 0 && generation == 0
                ? "zeroes"
                : "generation %d of sector %d of disk %d"
                        .formatted(generation, place & 0xFF_FFFF_FFFF_FFFFL, place >>> 56);
        for (int i = STAMP_BYTES; i < SECTOR_BYTES; i++) {
            if (bytes.get(i) != bytes.get(i % STAMP_BYTES)) {
                return "%s, another from byte %d on".formatted(stamp, i);
            }
        }
        return stamp;
    }
}
