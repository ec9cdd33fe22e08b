package dev.kume.protocol.trace;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that a CDB speaks of, as the block commands of SBC-4 lay them out.
 *
 * @param lba unsigned
 */
record CdbRange(long lba, long blocks) {
    private static final int SIX_BYTE_BLOCKS_FOR_ZERO = 256;

    /** The range of a read, write, verify, cache or unmapping command; null of any other. */
    static @Nullable CdbRange of(byte[] cdb) {
        ByteBuffer bytes = ByteBuffer.wrap(cdb);
        return switch (cdb[0] & 0xFF) {
            // READ(6), WRITE(6)
            case 0x08, 0x0A ->
                new CdbRange(bytes.getInt(0) & 0x1F_FFFF, cdb[4] == 0 ? SIX_BYTE_BLOCKS_FOR_ZERO : cdb[4] & 0xFF);
            // READ, WRITE, WRITE AND VERIFY, VERIFY, PRE-FETCH, SYNCHRONIZE CACHE, WRITE SAME (10)
            case 0x28, 0x2A, 0x2E, 0x2F, 0x34, 0x35, 0x41 ->
                new CdbRange(Integer.toUnsignedLong(bytes.getInt(2)), bytes.getShort(7) & 0xFFFF);
            // READ, WRITE, WRITE AND VERIFY, VERIFY (12)
            case 0xA8, 0xAA, 0xAE, 0xAF ->
                new CdbRange(Integer.toUnsignedLong(bytes.getInt(2)), Integer.toUnsignedLong(bytes.getInt(6)));
            // READ, WRITE, WRITE AND VERIFY, VERIFY, PRE-FETCH, SYNCHRONIZE CACHE, WRITE SAME (16)
            case 0x88, 0x8A, 0x8E, 0x8F, 0x90, 0x91, 0x93 ->
                new CdbRange(bytes.getLong(2), Integer.toUnsignedLong(bytes.getInt(10)));
            // COMPARE AND WRITE
            case 0x89 -> new CdbRange(bytes.getLong(2), cdb[13] & 0xFF);
            default -> null;
        };
    }
}
