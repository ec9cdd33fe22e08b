package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a file begins with ([MS-VHDX] 2.2.1): the signature "vhdxfile", then 512 bytes of UTF-16 that say who made it.
 */
final class FileTypeIdentifier {
    private static final long SIGNATURE = 0x656C_6966_7864_6876L; // "vhdxfile"
    private static final int CREATOR = 8;
    private static final int CREATOR_BYTES = 512;
    private static final int PAGE_BYTES = 4096;

    private FileTypeIdentifier() {}

    static boolean isIn(BackingStore store) throws IOException {
        return store.sizeBytes() >= Long.BYTES
                && Bytes.read(store, 0, Long.BYTES).getLong(0) == SIGNATURE;
    }

    static ByteBuffer encode(String creator) {
        byte[] text = creator.getBytes(StandardCharsets.UTF_16LE);
        assert text.length <= CREATOR_BYTES : creator;
        return Bytes.allocate(PAGE_BYTES).putLong(0, SIGNATURE).put(CREATOR, text);
    }
}
